"""See what no single sign-up shows: campaigns, found early, explained, acted upon and taken back."""
