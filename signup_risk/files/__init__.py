"""Read sign-ups from files: JSON Lines, CSV or Parquet, packed or not, losing no row to a broken one."""
