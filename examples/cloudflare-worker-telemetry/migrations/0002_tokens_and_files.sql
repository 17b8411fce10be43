-- `token` is the SHA-256 of the device's token in hex, NULL without a token. `readings` is the number of readings in a window,
-- which the first model of the device sets for all its models; NULL before.
ALTER TABLE devices ADD COLUMN token TEXT;
ALTER TABLE devices ADD COLUMN readings INTEGER;

-- Files in R2. A row is inserted before its file is written, so that unused files can be found and deleted.
-- `device` is NULL for files from before this migration, which devices may share. `doomed` is 1 for files that will be deleted.
CREATE TABLE files (
  key TEXT PRIMARY KEY,
  device TEXT,
  hash TEXT NOT NULL,
  created INTEGER NOT NULL,
  doomed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX files_of_device ON files (device);
CREATE INDEX files_doomed ON files (doomed) WHERE doomed = 1;
CREATE INDEX devices_of_codec ON devices (codec);
CREATE INDEX devices_of_detector ON devices (detector);
CREATE INDEX batches_of_codec ON batches (codec);

-- The old keys are `models/` and the SHA-256 of the file.
INSERT INTO files (key, hash, created)
  SELECT codec, substr(codec, 8), 0 FROM devices WHERE codec IS NOT NULL
  UNION SELECT detector, substr(detector, 8), 0 FROM devices WHERE detector IS NOT NULL
  UNION SELECT codec, substr(codec, 8), 0 FROM batches;
