-- A device: its channels as JSON, and the keys of its models in R2.
CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  codec TEXT,
  detector TEXT
) STRICT;

-- What one post brought, compressed as it came. Times are milliseconds since 1970; `last` is where the next begins.
-- `scores` holds a float32 for each window, NaN where a reading is missing; NULL where there was no detector.
CREATE TABLE batches (
  device TEXT NOT NULL REFERENCES devices (id),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  codec TEXT NOT NULL,
  bytes BLOB NOT NULL,
  threshold REAL,
  scores BLOB,
  PRIMARY KEY (device, last)
) STRICT;
