"""How a prospect is looked for, and triggers that note which companies' texts are out of date.

The notes are written by statement, in the transaction that changes something: whatever writes prospects and companies,
by whatever clock, a search knows of it as soon as it is committed.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION prospects_folded(typed text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN lower(unaccent(typed));

-- The fields apart from each other by a character that nobody can ask for.
CREATE FUNCTION prospects_search_text(name text, domain text, person text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN prospects_folded(name || E'\\x1f' || domain || E'\\x1f' || person);

CREATE FUNCTION prospects_search_words(name text, domain text, person text) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('simple', prospects_folded(name)), 'A')
        || setweight(to_tsvector('simple', translate(prospects_folded(domain || ' ' || person), '.-@', '   ')), 'B');

-- 5 to 2: the name is it, begins with it, has a word that does, or contains it; the shorter the better. 1 to 2: it is
-- in the domain or in the person's name. Below 1 it is only spelt alike, which takes ten times as long to tell.
CREATE FUNCTION prospects_search_rank(typed text, name text, domain text, person text) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round((CASE
        WHEN starts_with(lower(name), typed) THEN 4 + length(typed)::float8 / length(name)
        WHEN strpos(lower(name), ' ' || typed) > 0 THEN 3 + length(typed)::float8 / length(name)
        WHEN strpos(lower(name), typed) > 0 THEN 2 + length(typed)::float8 / length(name)
        WHEN starts_with(domain, typed) THEN 2
        WHEN strpos(domain, typed) > 0 THEN 1.5
        WHEN strpos(lower(person), typed) > 0 THEN 1
        ELSE word_similarity(typed, lower(name))
    END)::numeric, 4)::float8;

-- To press thousands of ids took longer than to write them.
ALTER TABLE prospects_searchchange ALTER COLUMN company_ids SET STORAGE EXTERNAL;

CREATE FUNCTION prospects_search_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One note for a statement, or one for each stretch of ids: what an UPDATE of everything changed is caught up with
    -- by pieces.
    IF TG_TABLE_NAME = 'prospects_company' THEN
        INSERT INTO prospects_searchchange (company_ids) SELECT array_agg(id) FROM changed GROUP BY id / 4096;
    ELSE
        INSERT INTO prospects_searchchange (company_ids)
            SELECT array_agg(company_id) FROM changed GROUP BY company_id / 4096;
    END IF;
    RETURN NULL;
END $$;

-- A company that is made has no prospects yet; one that is deleted has none any more.
CREATE TRIGGER company_noted AFTER UPDATE ON prospects_company
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION prospects_search_noted();
CREATE TRIGGER prospect_noted_added AFTER INSERT ON prospects_prospect
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION prospects_search_noted();
CREATE TRIGGER prospect_noted_changed AFTER UPDATE ON prospects_prospect
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION prospects_search_noted();
CREATE TRIGGER prospect_noted_gone AFTER DELETE ON prospects_prospect
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION prospects_search_noted();

INSERT INTO prospects_searchchange (company_ids)
    SELECT array_agg(DISTINCT company_id) FROM prospects_prospect GROUP BY company_id / 4096;
"""
REVERSE = """
DROP FUNCTION prospects_search_noted CASCADE;
DROP FUNCTION prospects_search_rank, prospects_search_words, prospects_search_text, prospects_folded;
"""


class Migration(migrations.Migration):
    dependencies = [("prospects", "0003_companies")]
    operations = [migrations.RunSQL(FUNCTIONS, REVERSE)]
