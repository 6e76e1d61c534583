"""The area "research": crawls beside Scrapy's, politeness, memory, and companies from domains to profiles."""

from prospects.benchmarks.research import companies, crawling

__all__ = ["companies", "crawling"]
