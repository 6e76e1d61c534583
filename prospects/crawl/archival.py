"""What of crawls may be archived: their rows, and what is remembered of hosts that nobody asked for long."""

from performance.database.archival.registry import Archivable, Condition

CRAWLS = Archivable(
    name="crawls",
    title="Crawls",
    model="prospects.CrawlJob",
    age="r.finished_at",
    says="One row for each crawl of a site: its counts, why it ended, and what refused to be read. The pages stay.",
    conditions={
        "failed": Condition("That failed", "r.state = 'failed'"),
        "cancelled": Condition("That were cancelled", "r.state = 'cancelled'"),
        "research": Condition("That research made", "r.company_id IS NOT NULL"),
    },
    guard="r.state <> 'queued'",
    guard_says="Crawls that haven't ended stay.",
    subjects={"batch": "r.batch_id", "company": "r.company_id", "site": "r.site"},
    tags=["crawls", "crawl:*"],
)
HOSTS = Archivable(
    name="crawl-hosts",
    title="Hosts that were crawled",
    model="prospects.CrawlHost",
    age="r.updated_at",
    says="What is remembered of each origin: its robots.txt, its sitemaps, and how often it failed. The next crawl of "
    "one that is gone asks for its robots.txt first.",
    conditions={"failing": Condition("That failed the last time", "r.failures > 0")},
    guard="coalesce(r.leased_until < now(), true) AND coalesce(r.next_at < now(), true)",
    guard_says="Hosts that are being asked, or mustn't be asked yet, stay.",
    least_days=7,
)
