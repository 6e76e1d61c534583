"""Stores what research came to: values, the companies' facts, conflicts and profiles, of many companies at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from performance.bulk import services as bulk
from performance.cache.tags import bump
from prospects.companies.keys import DOMAIN, company_keys
from prospects.companies.merge_rules import RESEARCH, Stamp
from prospects.companies.models import SHOWN_BY_RUNS, Company, CompanyKey, Prospect
from prospects.companies.normalise import domain as domains
from prospects.company_profiles.difference import Difference, difference, is_trusted
from prospects.company_profiles.disputes import UPDATED, Queue, queue
from prospects.company_profiles.facts import columns_of, facts_of
from prospects.company_profiles.merging import Dispute, Merged, Offer, offers, settle
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue
from prospects.company_profiles.researched import Researched, Scores, Stored
from prospects.company_profiles.scoring import scores
from prospects.extraction.keys import value_key
from prospects.pages.models import PageText


@dataclass(slots=True)
class _Work:
    """One company on its way into the tables, and what stood there."""

    done: Researched
    company: Company
    profile: CompanyProfile | None
    values: Sequence[ProfileValue]
    conflicts: Sequence[ProfileConflict]
    difference: Difference
    offered: Mapping[str, Offer]
    merged: Merged
    queue: Queue

    @property
    def is_changed(self) -> bool:
        return self.difference.is_changed or bool(self.merged.changed)


@transaction.atomic
def store_many(done: Sequence[Researched]) -> dict[int, Stored]:
    """Store these companies' research: in the caller's transaction, or one of its own. The same again changes nothing.

    The companies are locked in the order of their ids; one that was deleted meanwhile has no entry. What a person
    typed or locked, and what a file said, stays as it is: a value that disagrees becomes a conflict.
    """
    works = _works({one.company_id: one for one in done})
    _claim_domains(works)
    ids = _write_values(works)
    _write_companies([work for work in works if work.merged.changed])
    _write_conflicts(works, ids)
    stored = {work.company.pk: _stored(work) for work in works}
    _write_profiles(works, stored)
    _bump(works)
    return stored


def _works(done: Mapping[int, Researched]) -> list[_Work]:
    locked = Company.objects.filter(pk__in=done).order_by("pk").select_for_update(no_key=True)
    companies = {company.pk: company for company in locked}
    profiles = CompanyProfile.objects.in_bulk(companies)
    values, conflicts = defaultdict(list), defaultdict(list)
    for value in ProfileValue.objects.filter(company__in=companies):
        values[value.company_id].append(value)
    for conflict in ProfileConflict.objects.filter(company__in=companies):
        conflicts[conflict.company_id].append(conflict)
    texts = _texts([done[pk] for pk in companies])
    works = []
    for pk, company in companies.items():
        changes = difference(values[pk], done[pk], texts=texts)
        work = _Work(done[pk], company, profiles.get(pk), values[pk], conflicts[pk], changes, {}, Merged(), Queue())
        _merge(work)
        works.append(work)
    return works


def _texts(done: Sequence[Researched]) -> set[UUID]:
    named = {value.text_hash for one in done for value in one.values} - {None}
    return set(PageText.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def _merge(work: _Work) -> None:
    done, company = work.done, work.company
    if not (done.is_extracted and is_trusted(done.identity)):
        return
    place = company.country or domains.country_of(company.domain or done.site)
    offered = offers(done.values, place=place)
    if done.site and not company.domain and not domains.is_shared(done.site):
        offered["domain"] = Offer("domain", done.site, min(100, done.identity.points), value_key("domain", done.site))
    work.offered = offered
    work.merged = settle(facts_of(company), company.provenance, offered=offered)


def _claim_domains(works: Sequence[_Work]) -> None:
    """A domain that research found is the company's key, unless another company has it: that is for a person."""
    claims = {_domain_key(work): work for work in works if "domain" in work.merged.changed}
    if not claims:
        return
    rows = [CompanyKey(key=key, company_id=claims[key].company.pk) for key in sorted(claims)]
    CompanyKey.objects.bulk_create(rows, ignore_conflicts=True)
    owners = dict(CompanyKey.objects.filter(key__in=claims).values_list("key", "company_id"))
    for work in works:
        offer = work.merged.changed.get("domain")
        if offer and owners[_domain_key(work)] != work.company.pk:
            del work.merged.changed["domain"]
            work.merged.disputes.append(Dispute(offer, work.company.domain, offer.value, "", "domain_taken"))


def _domain_key(work: _Work) -> str:
    return company_keys({"domain": work.merged.changed["domain"].value}, name_key="")[DOMAIN]


def _write_values(works: Sequence[_Work]) -> dict[int, dict[tuple[str, str], int]]:
    """The ids of each company's values by (field, key)."""
    new = [ProfileValue(**row) for work in works for row in work.difference.new]
    ProfileValue.objects.bulk_create(new)
    if changed := [row for work in works for row in work.difference.changed]:
        bulk.update(ProfileValue, _alike(changed))
    ids: dict[int, dict[tuple[str, str], int]] = {
        work.company.pk: {(one.field, one.key): one.pk for one in work.values} for work in works
    }
    for one in new:
        ids[one.company_id][one.field, one.key] = one.pk
    return ids


def _alike(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what tells values apart, which never changes."""
    return [{name: value for name, value in row.items() if name not in ("field", "key")} for row in rows]


def _write_companies(works: Sequence[_Work]) -> None:
    # One by one: a flush has few, and a staging table for them takes longer than twenty updates.
    for work in works:
        provenance = dict(work.company.provenance)
        row: dict[str, Any] = {}
        for name, offer in work.merged.changed.items():
            row |= columns_of(name, offer.value)
            provenance[name] = _entry(work.done, offer)
        Company.objects.filter(pk=work.company.pk).update(**row, provenance=provenance, updated_at=Now())


def _entry(done: Researched, offer: Offer) -> dict[str, Any]:
    source = f"page:{offer.source.url}" if offer.source else f"research:{done.site}"
    at = offer.source.found_at if offer.source else done.at
    stamp = Stamp(source, RESEARCH, at.isoformat(timespec="seconds"))
    return stamp.entry() | {"confidence": offer.confidence}


def _write_conflicts(works: Sequence[_Work], ids: Mapping[int, Mapping[tuple[str, str], int]]) -> None:
    for work in works:
        pk = work.company.pk
        work.queue = queue(
            work.conflicts, work.merged.disputes, company_id=pk, offered=work.offered.keys(), value_ids=ids[pk]
        )
    ProfileConflict.objects.bulk_create([one for work in works for one in work.queue.new])
    if changed := [one for work in works for one in work.queue.changed]:
        ProfileConflict.objects.bulk_update(changed, UPDATED)


def _stored(work: _Work) -> Stored:
    current = work.difference.current
    filled = tuple(sorted({name for name, _ in current}))
    return Stored(work.is_changed, filled, _scores(work), len(current), work.queue.open)


def _scores(work: _Work) -> Scores:
    done, profile = work.done, work.profile
    is_read = done.is_extracted and bool(done.evidence_hash)
    if is_read or profile is None:
        return scores(done.values, mode=done.mode, identity=done.identity)
    return Scores(profile.quality, profile.completeness, profile.confidence)


def _write_profiles(works: Sequence[_Work], stored: Mapping[int, Stored]) -> None:
    rows = [_profile(work, stored[work.company.pk].scores) for work in works]
    if rows:
        changed = [name for name in rows[0] if name != "company_id"]
        profiles = [CompanyProfile(**row) for row in rows]
        CompanyProfile.objects.bulk_create(
            profiles, update_conflicts=True, unique_fields=["company"], update_fields=changed
        )


def _profile(work: _Work, scored: Scores) -> dict[str, Any]:
    done, before = work.done, work.profile
    # Where no text could be read, what is known of whose site it is stays as it was.
    is_blind = before is not None and not done.evidence_hash
    verdict, says = (before.identity, before.identity_says) if before and is_blind else _told(done)
    languages = [value.value for value in done.values if value.field == "language"]
    fault_code, fault = done.fault
    return {
        "company_id": work.company.pk,
        "mode": done.mode,
        "site": done.site,
        "identity": verdict,
        "identity_says": says,
        "quality": scored.quality,
        "completeness": scored.completeness,
        "confidence": scored.confidence,
        "degraded": [{"code": one.code, "says": one.says} for one in done.degraded],
        "fault_code": fault_code[:40],
        "fault": fault[:500],
        "page_count": len(done.crawl.pages) if done.crawl else before.page_count if before else 0,
        "language": languages[0][:3] if languages else before.language if before else "",
        "cost_micros": done.cost_micros,
        "evidence_hash": done.evidence_hash or (before.evidence_hash if before else ""),
        "researched_at": done.at,
        "changed_at": done.at if work.is_changed or before is None else before.changed_at,
    }


def _told(done: Researched) -> tuple[str, str]:
    return done.identity.verdict, done.identity.says[:300]


def _bump(works: Sequence[_Work]) -> None:
    tags = [f"company:{work.company.pk}" for work in works]
    if any(work.queue.new or work.queue.changed for work in works):
        tags.append("conflicts")
    merged = [work for work in works if work.merged.changed]
    if merged:
        companies = [work.company.pk for work in merged]
        prospects = Prospect.objects.filter(company__in=companies).values_list("pk", flat=True)
        tags += ["prospects", *(f"prospect:{pk}" for pk in prospects)]
    if any(not SHOWN_BY_RUNS.isdisjoint(work.merged.changed) for work in merged):
        tags.append("run:*")
    bump(*tags)
