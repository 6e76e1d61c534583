"""Keys and prospects belong to companies that exist: foreign keys, checked by the statement instead of by the row.

PostgreSQL checks a foreign key with a query for each row, 7 µs of CPU, of which a row of an import has nearly four:
the largest part of storing it. These triggers make the same promise with one query for all rows of a statement. Like
a foreign key's check they lock the companies of others, so that one that is being deleted is waited for; companies
that this transaction has made nobody else can see.
"""

from django.db import migrations

CHECKS = """
CREATE FUNCTION prospects_companies_exist() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named bigint[] := ARRAY(SELECT DISTINCT company_id FROM added);
    missing bigint := cardinality(named);
BEGIN
    -- Asked by an array, never by a join: while a table fills within a transaction its statistics say that it is
    -- empty, and a nested loop went through all of it for each row.
    missing := missing - (SELECT count(*) FROM prospects_company
        WHERE id = ANY(named) AND xmin = pg_current_xact_id()::xid);
    IF missing > 0 THEN
        missing := missing - (SELECT count(*) FROM (SELECT FROM prospects_company
            WHERE id = ANY(named) AND xmin <> pg_current_xact_id()::xid FOR KEY SHARE) AS locked);
    END IF;
    IF missing > 0 THEN
        RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, MESSAGE = TG_TABLE_NAME || ' names no company';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION prospects_companies_unused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM prospects_companykey k JOIN removed r ON k.company_id = r.id)
        OR EXISTS (SELECT FROM prospects_prospect p JOIN removed r ON p.company_id = r.id)
    THEN
        RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, MESSAGE = 'a company still has keys or prospects';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION prospects_company_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, MESSAGE = 'the id of a company never changes';
END $$;

CREATE TRIGGER company_unused AFTER DELETE ON prospects_company
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION prospects_companies_unused();
CREATE TRIGGER company_stays BEFORE UPDATE OF id ON prospects_company
    FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION prospects_company_stays();
CREATE TRIGGER companykey_company_added AFTER INSERT ON prospects_companykey
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION prospects_companies_exist();
CREATE TRIGGER companykey_company_changed AFTER UPDATE ON prospects_companykey
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION prospects_companies_exist();
CREATE TRIGGER prospect_company_added AFTER INSERT ON prospects_prospect
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION prospects_companies_exist();
CREATE TRIGGER prospect_company_changed AFTER UPDATE ON prospects_prospect
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION prospects_companies_exist();
"""
REVERSE = """
DROP FUNCTION prospects_companies_exist CASCADE;
DROP FUNCTION prospects_companies_unused CASCADE;
DROP FUNCTION prospects_company_stays CASCADE;
"""


# Django makes it beside the index of a text that is a primary key, for LIKE 'domain:ac%', which nobody asks of keys.
LIKE = "prospects_companykey_key_4e46b572_like"


class Migration(migrations.Migration):
    dependencies = [("prospects", "0002_initial")]
    operations = [
        migrations.RunSQL(CHECKS, REVERSE),
        migrations.RunSQL(
            f"DROP INDEX {LIKE}", f"CREATE INDEX {LIKE} ON prospects_companykey (key varchar_pattern_ops)"
        ),
    ]
