"""The rows: PostgreSQL tables, the queries on them, and the one place where a session is opened."""
