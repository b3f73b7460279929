"""Keep velocity, campaigns and outcomes in Redis or Valkey; needs the extra ``signup-risk[redis]``."""

from signup_risk.stores.redis.journal import RedisJournal
from signup_risk.stores.redis.ledger import RedisLedger
from signup_risk.stores.redis.store import RedisStore

__all__ = ["RedisJournal", "RedisLedger", "RedisStore"]
