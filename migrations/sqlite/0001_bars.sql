-- Bars, the names they use, what each series holds, and which buckets changed.
-- Prices are counts of 10^-8 of a unit; volumes are whole units and a count of 10^-8 beside them.
-- Times are microseconds since 1970-01-01T00:00:00Z. Read `ohlcv_data` for plain numbers.

CREATE TABLE symbol (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE source (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A timeframe's number is its length in seconds; a month counts as 30 days.
CREATE TABLE timeframe (
    seconds INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO timeframe (seconds, name) VALUES
    (1, '1s'), (5, '5s'), (15, '15s'), (30, '30s'),
    (60, '1m'), (180, '3m'), (300, '5m'), (900, '15m'), (1800, '30m'),
    (3600, '1h'), (7200, '2h'), (14400, '4h'), (21600, '6h'), (28800, '8h'), (43200, '12h'),
    (86400, '1d'), (259200, '3d'), (604800, '1w'), (2592000, '1mo');

-- trade_count holds the 64 bits of an unsigned number: above 2^63 - 1 it reads negative here.
CREATE TABLE bar (
    symbol_id       INTEGER NOT NULL,
    timeframe       INTEGER NOT NULL,
    ts              INTEGER NOT NULL,
    source_id       INTEGER NOT NULL,
    open            INTEGER NOT NULL,
    high            INTEGER NOT NULL,
    low             INTEGER NOT NULL,
    close           INTEGER NOT NULL,
    volume_whole    INTEGER NOT NULL,
    volume_fraction INTEGER NOT NULL,
    trade_count     INTEGER,
    vwap            INTEGER,
    quality_score   INTEGER NOT NULL,
    import_id       INTEGER,
    ingested_at     INTEGER NOT NULL,
    PRIMARY KEY (symbol_id, timeframe, ts, source_id)
) STRICT, WITHOUT ROWID;

-- Kept in the transaction of every write, so that statistics and precedence need no scan.
CREATE TABLE series (
    symbol_id INTEGER NOT NULL,
    timeframe INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    bar_count INTEGER NOT NULL,
    oldest    INTEGER NOT NULL,
    newest    INTEGER NOT NULL,
    PRIMARY KEY (symbol_id, timeframe, source_id)
) STRICT, WITHOUT ROWID;

-- What changed and was not yet taken up: a UTC day of intraday bars, a month of longer ones.
CREATE TABLE dirty_range (
    symbol_id  INTEGER NOT NULL,
    timeframe  INTEGER NOT NULL,
    source_id  INTEGER NOT NULL,
    bucket     INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (symbol_id, timeframe, source_id, bucket)
) STRICT, WITHOUT ROWID;

-- Counts the transactions that changed a bar.
CREATE TABLE generation (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;

INSERT INTO generation (id, value) VALUES (1, 0);

CREATE VIEW ohlcv_data AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%S', (bar.ts - (bar.ts % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || CASE WHEN bar.ts % 1000000 = 0 THEN ''
                ELSE printf('.%06d', (bar.ts % 1000000 + 1000000) % 1000000) END
        || 'Z' AS time,
    symbol.name AS symbol,
    timeframe.name AS timeframe,
    rtrim(rtrim(iif(bar.open < 0, '-', '')
        || printf('%d.%08d', abs(bar.open) / 100000000, abs(bar.open) % 100000000), '0'), '.') AS open_price,
    rtrim(rtrim(iif(bar.high < 0, '-', '')
        || printf('%d.%08d', abs(bar.high) / 100000000, abs(bar.high) % 100000000), '0'), '.') AS high_price,
    rtrim(rtrim(iif(bar.low < 0, '-', '')
        || printf('%d.%08d', abs(bar.low) / 100000000, abs(bar.low) % 100000000), '0'), '.') AS low_price,
    rtrim(rtrim(iif(bar.close < 0, '-', '')
        || printf('%d.%08d', abs(bar.close) / 100000000, abs(bar.close) % 100000000), '0'), '.') AS close_price,
    rtrim(rtrim(printf('%d.%08d', bar.volume_whole, bar.volume_fraction), '0'), '.') AS volume,
    source.name AS source,
    bar.quality_score AS quality_score,
    bar.trade_count AS trade_count,
    rtrim(rtrim(iif(bar.vwap < 0, '-', '')
        || printf('%d.%08d', abs(bar.vwap) / 100000000, abs(bar.vwap) % 100000000), '0'), '.')
        || iif(bar.vwap IS NULL, NULL, '') AS vwap,
    bar.import_id AS import_id,
    strftime('%Y-%m-%dT%H:%M:%SZ', bar.ingested_at / 1000000, 'unixepoch') AS ingested_at
FROM bar
JOIN symbol ON symbol.id = bar.symbol_id
JOIN source ON source.id = bar.source_id
JOIN timeframe ON timeframe.seconds = bar.timeframe;
