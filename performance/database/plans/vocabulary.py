"""What a pasted statement may call and name. Planning runs immutable functions and types' input functions for real, so
what reads files, settings or other tables or builds SQL must not be among them (`query_to_xml` and its kind), nor what
makes a gigabyte of a few characters (`repeat`, `lpad`, `format`, `array_to_string`, `replace` in `replace`).
"""

FUNCTIONS = frozenset(
    """
    count sum avg min max bool_and bool_or every array_agg string_agg json_agg jsonb_agg json_object_agg
    jsonb_object_agg stddev stddev_pop stddev_samp variance var_pop var_samp corr regr_slope percentile_cont
    percentile_disc mode bit_and bit_or any_value
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
    abs ceil ceiling floor round trunc sign mod power sqrt exp ln log greatest least width_bucket
    lower upper initcap length char_length character_length octet_length btrim ltrim rtrim left right
    substr substring position strpos translate split_part concat concat_ws reverse
    starts_with md5 ascii chr to_hex overlay regexp_match regexp_matches
    regexp_split_to_array regexp_like regexp_count regexp_substr string_to_array
    to_char to_date to_timestamp to_number date_part date_trunc date_bin extract age now timezone make_date
    make_interval make_timestamp make_timestamptz justify_days justify_hours justify_interval isfinite
    statement_timestamp transaction_timestamp overlaps
    array_length array_position array_positions array_append array_prepend array_cat array_remove
    cardinality unnest generate_series generate_subscripts array_upper array_lower
    json_array_elements json_array_elements_text json_array_length json_each json_each_text json_extract_path
    json_extract_path_text json_build_object json_build_array json_object_keys json_typeof to_json row_to_json
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_each jsonb_each_text jsonb_extract_path
    jsonb_extract_path_text jsonb_build_object jsonb_build_array jsonb_object_keys jsonb_typeof to_jsonb
    jsonb_path_exists jsonb_path_query jsonb_strip_nulls
    to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd setweight
    similarity word_similarity strict_word_similarity unaccent
    int4range int8range numrange tsrange tstzrange daterange lower_inc upper_inc isempty range_merge
    coalesce nullif num_nulls num_nonnulls hashtext grouping like_escape similar_to_escape
    """.split()  # noqa: SIM905 - words are read more easily than a list of them
)
TYPES = frozenset(
    """
    bool int2 int4 int8 float4 float8 numeric text varchar bpchar char name bytea uuid date time timetz timestamp
    timestamptz interval json jsonb tsvector tsquery inet cidr oid bit varbit
    boolean smallint integer int bigint real decimal
    int4range int8range numrange tsrange tstzrange daterange
    """.split()  # noqa: SIM905 - words are read more easily than a list of them
)
# How many times larger each may make a text, as often as it is done: what is quoted is quoted again, a character
# becomes an element.
GROWING = {
    **dict.fromkeys(["to_json", "to_jsonb", "row_to_json", "json_build_object", "jsonb_build_object"], 2),
    **dict.fromkeys(["json_build_array", "jsonb_build_array", "array_append", "array_prepend", "array_cat"], 2),
    **dict.fromkeys(["array_remove", "regexp_match", "regexp_matches"], 2),
    **dict.fromkeys(["string_to_array", "regexp_split_to_array"], 16),
}
# They make numbers of 147,000 digits out of a few.
POWERS = frozenset({"^", "power", "exp"})
GROWING_PARTS = dict.fromkeys(
    ["RowExpr", "A_ArrayExpr", "JsonArrayConstructor", "JsonObjectConstructor", "JsonScalarExpr", "JsonFuncExpr"], 2
)
# Types that fill a value up to their length.
PADDED = frozenset({"bpchar", "char", "bit"})
# With a dot before them these are functions too: `t.to_json` is `to_json(t)`.
OF_ROWS = frozenset(
    """
    any_out anycompatible_out anyelement_out anynonarray_out concat hash_record json_build_array json_build_object
    jsonb_build_array jsonb_build_object num_nonnulls num_nulls pg_collation_for pg_column_compression pg_column_size
    pg_column_toast_chunk_id pg_typeof quote_literal quote_nullable record_out record_send row_to_json to_json to_jsonb
    """.split()  # noqa: SIM905 - words are read more easily than a list of them
)
SCHEMAS = frozenset({"", "public"})
# Parts of a statement that are neither a function nor a table, and reach further than a plan may.
PARTS_REFUSED = {
    "IntoClause": "SELECT INTO makes a table",
    "LockingClause": "FOR UPDATE and FOR SHARE lock rows",
    "XmlExpr": "XML functions can run SQL",
    "XmlSerialize": "XML functions can run SQL",
    "RangeTableFunc": "XMLTABLE reads documents",
    "CurrentOfExpr": "WHERE CURRENT OF needs a cursor",
}
