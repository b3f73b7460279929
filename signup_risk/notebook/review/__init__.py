"""Rule on sign-ups in a notebook, and write outcomes back."""

from signup_risk.notebook.review.queue import ReviewQueue, review_queue

__all__ = ["ReviewQueue", "review_queue"]
