"""Queries come from files of any usual form."""

from io import BytesIO

import pytest

from prospects.search.errors import NoQueries
from prospects.search.query_file import queries_in


@pytest.mark.parametrize(
    "content",
    [
        "id;Query\n1;bäckerei münchen\n2;\n3;logistik köln\n",
        '{"query": "bäckerei münchen"}\n{"query": "logistik köln"}\n',
        "bäckerei münchen\nlogistik köln\n",
        "keyword\nbäckerei münchen\nlogistik köln\n",
    ],
)
def test_the_column_is_found_by_its_name_or_because_it_is_the_only_one(content: str) -> None:
    assert queries_in(BytesIO(content.encode())) == ["bäckerei münchen", "logistik köln"]


def test_a_table_without_such_a_column_says_which_it_has() -> None:
    with pytest.raises(NoQueries, match=r"a\.csv is called query; it has City, ZIP"):
        queries_in(BytesIO(b"City,ZIP\nBonn,53111\n"), name="a.csv")


def test_a_list_of_domains_is_asked_for_whole():
    assert queries_in(BytesIO(b"acme.com\nbolt.com\n")) == ["acme.com", "bolt.com"]
