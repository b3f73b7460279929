"""Tell applicants what they may know of a decision, in their language: vague on purpose, and what to do next.

Each reason told is a lesson for a farm, and a figure or a list in it would be two. So reasons become a handful of
topics, and a topic is one sentence and one step that an honest person can take.
"""

from signup_risk.messages.catalogue import Messages, open_messages
from signup_risk.messages.notice import ApplicantMessage, ApplicantNotice, notice
from signup_risk.messages.topics import TOPICS, topic_of

__all__ = ["TOPICS", "ApplicantMessage", "ApplicantNotice", "Messages", "notice", "open_messages", "topic_of"]
