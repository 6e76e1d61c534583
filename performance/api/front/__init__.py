"""Finished reads answered before Django has made a request of them; see docs/adr/0009.

`application.Front` stands around Django's WSGI application. What it answers, Django has answered before, in this
process, and would answer now:

1. The *question* is the same (`questions`): whatever of a request an answer may depend on is part of it, read by the
   front itself, or named as of no matter. A request with any other header, with cookies or with a body is Django's.
2. Who asks is known (`performance.access.known`), not staff, and of the same reach: they hold exactly the permissions
   of whom Django answered. Reads that are personal are never learned.
3. The limits let them through (`performance.limits`); a refusal is Django's, which counts it no second time.
4. The page is in this process, and its tags' versions are the current ones (`performance.cache.entries.here`).
5. What Django's middlewares added to the page's own headers is said again, but for what is each answer's own. It was
   learned (`lessons`) from an answer of the same status to a page with the same headers, none of which they changed.

Where one of these fails Django answers, as without all this, and the front learns from it.
"""
