-- Imports: what each is, what it wrote chunk by chunk, what it refused, and what it replaced.

CREATE TABLE import_job (
    id            INTEGER PRIMARY KEY,
    -- Rises with each claim; only the newest claimant may write.
    epoch         INTEGER NOT NULL,
    state         TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    -- The rest, in the words of the import service.
    body          TEXT NOT NULL,
    -- NULL until an undo began; from then on the import writes no more.
    undo_deleted  INTEGER,
    undo_restored INTEGER,
    -- NULL until an undo ended.
    undone_at     INTEGER
) STRICT;

-- The ledger: a line for each chunk, in the transaction that wrote the chunk.
CREATE TABLE import_chunk (
    import_id INTEGER NOT NULL,
    chunk     INTEGER NOT NULL,
    file      INTEGER NOT NULL,
    byte_from INTEGER NOT NULL,
    byte_to   INTEGER NOT NULL,
    line_to   INTEGER NOT NULL,
    -- The 64 bits of an unsigned number.
    hash      INTEGER NOT NULL,
    read      INTEGER NOT NULL,
    inserted  INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected  INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    skipped   INTEGER NOT NULL,
    state     BLOB NOT NULL,
    PRIMARY KEY (import_id, chunk)
) STRICT, WITHOUT ROWID;

-- Records that did not become a bar, in the order of files and lines; `place` is that within its
-- chunk, `body` the record and the reason as JSON.
CREATE TABLE import_reject (
    import_id INTEGER NOT NULL,
    file      INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    chunk     INTEGER NOT NULL,
    place     INTEGER NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (import_id, file, line, chunk, place)
) STRICT, WITHOUT ROWID;

-- Which part of each series an import may have written. An undo takes it back from the oldest on
-- and moves `oldest` along, so it goes on where it was stopped.
CREATE TABLE import_series (
    import_id INTEGER NOT NULL,
    symbol_id INTEGER NOT NULL,
    timeframe INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    oldest    INTEGER NOT NULL,
    newest    INTEGER NOT NULL,
    PRIMARY KEY (import_id, symbol_id, timeframe, source_id)
) STRICT, WITHOUT ROWID;

-- Rows as they were before an import replaced them, in the order of `bar`. A row of an import that
-- has no line here was new. `was_import_id` is the lineage of the replaced row.
CREATE TABLE import_before (
    symbol_id       INTEGER NOT NULL,
    timeframe       INTEGER NOT NULL,
    ts              INTEGER NOT NULL,
    source_id       INTEGER NOT NULL,
    import_id       INTEGER NOT NULL,
    open            INTEGER NOT NULL,
    high            INTEGER NOT NULL,
    low             INTEGER NOT NULL,
    close           INTEGER NOT NULL,
    volume_whole    INTEGER NOT NULL,
    volume_fraction INTEGER NOT NULL,
    trade_count     INTEGER,
    vwap            INTEGER,
    quality_score   INTEGER NOT NULL,
    was_import_id   INTEGER,
    ingested_at     INTEGER NOT NULL,
    PRIMARY KEY (symbol_id, timeframe, ts, source_id, import_id)
) STRICT, WITHOUT ROWID;

-- On update only, so that new rows pay nothing for it.
CREATE TRIGGER bar_replaced AFTER UPDATE ON bar
WHEN new.import_id IS NOT NULL AND new.import_id IS NOT old.import_id
BEGIN
    INSERT INTO import_before (symbol_id, timeframe, ts, source_id, import_id, open, high, low,
        close, volume_whole, volume_fraction, trade_count, vwap, quality_score, was_import_id,
        ingested_at)
    VALUES (old.symbol_id, old.timeframe, old.ts, old.source_id, new.import_id, old.open, old.high,
        old.low, old.close, old.volume_whole, old.volume_fraction, old.trade_count, old.vwap,
        old.quality_score, old.import_id, old.ingested_at)
    ON CONFLICT DO NOTHING;
END;
