"""What is asked of PostgreSQL's catalogues. Every schema but its own and the temporary ones."""

COLUMNS = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL),
    t.typcategory IN ('N', 'S', 'D', 'T', 'B', 'E', 'I', 'V') OR t.typname IN ('uuid', 'bytea'),
    s.avg_width, s.n_distinct, s.null_frac, s.correlation, s.most_common_vals::text::text[], s.most_common_freqs
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
    AND NOT s.inherited
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg_temp%'
ORDER BY c.oid, a.attnum
"""
TABLES = """
SELECT n.nspname, c.relname, greatest(c.reltuples, 0), c.relpages,
    coalesce(s.n_tup_ins, 0), coalesce(s.n_tup_upd, 0), coalesce(s.n_tup_hot_upd, 0), coalesce(s.n_tup_del, 0),
    coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg_temp%'
"""
# A key that isn't a column is an expression; a flavour of '' is the type's own operator class and collation.
INDEXES = """
SELECT n.nspname, c.relname, x.relname, am.amname, i.indisunique, i.indisvalid,
    i.indisunique OR i.indisprimary OR i.indisreplident OR i.indisclustered OR i.indisexclusion
        OR EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
        OR EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhrelid = i.indexrelid),
    pg_relation_size(x.oid), coalesce(s.idx_scan, 0), s.last_idx_scan, pg_get_indexdef(x.oid),
    coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
    array(SELECT pg_get_indexdef(x.oid, k, false) FROM generate_series(1, i.indnatts) k ORDER BY k),
    array(SELECT coalesce(a.attname::text, '') FROM generate_series(0, i.indnatts - 1) k
          LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k] AND a.attnum <> 0 ORDER BY k),
    array(SELECT i.indoption[k]::int FROM generate_series(0, i.indnkeyatts - 1) k ORDER BY k),
    array(SELECT concat_ws(' ', CASE WHEN NOT o.opcdefault THEN o.opcname END,
                 CASE WHEN i.indcollation[k] NOT IN (0, coalesce(a.attcollation, 100)) THEN i.indcollation[k] END)
          FROM generate_series(0, i.indnkeyatts - 1) k JOIN pg_opclass o ON o.oid = i.indclass[k]
          LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k] ORDER BY k)
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am am ON am.oid = x.relam
LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = i.indexrelid
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg_temp%'
    AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
ORDER BY x.relname
"""
FOREIGN_KEYS = """
SELECT k.conname, n.nspname, c.relname,
    array(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(num, at)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY at),
    m.nspname, p.relname,
    array(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(num, at)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY at)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_namespace m ON m.oid = p.relnamespace
WHERE k.contype = 'f' AND c.relkind = 'r' AND k.conparentid = 0
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg_temp%'
ORDER BY k.conname
"""
# Counters outlive a restart in order, so without a reset they are at least as old as the server's process.
SERVER = """
SELECT current_setting('seq_page_cost')::float8, current_setting('random_page_cost')::float8,
    current_setting('cpu_tuple_cost')::float8, current_setting('cpu_index_tuple_cost')::float8,
    current_setting('cpu_operator_cost')::float8, current_schemas(false)::text[],
    coalesce((SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()), pg_postmaster_start_time())
"""
