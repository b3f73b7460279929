"""Keep velocity and the journal of campaigns in Redis or Valkey; needs the extra ``signup-risk[redis]``."""

from signup_risk.stores.redis.journal import RedisJournal
from signup_risk.stores.redis.store import RedisStore

__all__ = ["RedisJournal", "RedisStore"]
