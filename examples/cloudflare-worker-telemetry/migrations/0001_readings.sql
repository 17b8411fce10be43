-- A device: its channels as JSON, and the keys of its models in R2.
CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  codec TEXT,
  detector TEXT
) STRICT;

-- The readings of one post, compressed as posted. Times are milliseconds since 1970; `last` is the end of the batch.
-- `scores` has a float32 for each window, NaN for a window with missing readings; NULL without a detector.
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
