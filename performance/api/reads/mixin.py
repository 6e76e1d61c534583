"""`CachedReads`: a view's GET and HEAD out of finished bytes, before DRF has made its Request."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from performance.access import known
from performance.access.known import Principal
from performance.access.permissions import RoleAndScope
from performance.api.reads.answers import FinishedAnswer, answer
from performance.api.reads.asked import (
    BadEntityTags,
    Parameters,
    has_bad_condition,
    is_json_welcome,
    page_key,
    parameters_of,
    unknown,
)
from performance.api.reads.filling import Filling, finished, page_of
from performance.api.reads.told import READ, Read
from performance.api.reads.who import principal_of_request
from performance.cache.entries import fetch
from performance.cache.rows import members_of
from performance.cache.tags import versions
from performance.cache.transactions import in_transaction
from performance.limits.throttle import admit, policies_of
from performance.metrics import spent

READS = frozenset({"GET", "HEAD"})
Tags = tuple[str, ...]
# Of what an address names. Nothing of ours has a name as long, and versions of tags are kept, here and in Valkey.
LONGEST_TAG = 200


class KnownParameters(APIView):
    """A view whose GET and HEAD know these query parameters: any other is answered 400, and named."""

    parameters: ClassVar[Collection[str]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in READS and (strange := unknown(request.query_params, known=self.parameters)):
            raise ValidationError({name: [self._complaint()] for name in strange})

    def _complaint(self) -> str:
        names = ", ".join(sorted(self.parameters))
        return f"There is no such parameter here; there are {names}." if names else "This takes no parameters."


class CachedReads(KnownParameters):
    """Put it before the view that it extends, which declares what its GET depends on.

    `cache_tags` are the tags whose change makes its pages stale, or a method that makes them of the URL's kwargs; a
    view without tags isn't cached, but answers with ETag and 304 as the others do. A list whose tag is `members_of` a
    noun names the noun as `cache_rows`: of changes to rows only those count that its answer says it shows. `parameters`
    are the names of all query parameters it knows: any other is answered 400. What it shows must follow from the URL,
    the parameters and the permissions of who asks; a view that shows people what is theirs says `is_personal`.

    Only a 200 is kept. Nobody known, nobody allowed, other methods, other media types: DRF answers as without this.
    """

    cache_tags: ClassVar[Tags | Callable[..., Tags]] = ()
    cache_rows: ClassVar[str] = ""
    cache_ttl_s: ClassVar[float] = settings.CACHE_LIST_TTL
    is_personal: ClassVar[bool] = False
    required_permissions: ClassVar[Mapping[str, list[str]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.cache_tags and list(cls.permission_classes) != [RoleAndScope]:
            raise ImproperlyConfigured(f"{cls.__name__} is cached, so required_permissions alone may say who sees it.")
        if cls.cache_rows and members_of(cls.cache_rows) not in cast(Tags, cls.cache_tags):
            raise ImproperlyConfigured(f"{cls.__name__} shows rows of {cls.cache_rows}: its tags don't say so.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in READS:
            return super().dispatch(request, *args, **kwargs)

        def ask() -> HttpResponseBase:
            return finished(super(CachedReads, self).dispatch(request, *args, **kwargs))

        tags = self._tags(kwargs)
        # Inside a transaction (a test's, say) there are rows that nobody else may see.
        if not tags or in_transaction() or versions((known.TAG,)) is None:
            return _tagged(request, ask())
        who = principal_of_request(request)
        parameters = self._readable(request, who) if who is not None else None
        if who is None or parameters is None or not self._is_admitted(request, who):
            return _tagged(request, ask())
        if who.user.is_staff:
            spent.show()
        key = page_key(request, parameters, who=self._viewer(who))
        response = self._from_cache(request, key, tags, ask)
        if isinstance(response, FinishedAnswer) and not self.is_personal:
            read = Read(
                key, tags, who.reach, policies_of(self, str(request.method)), request.path_info, _route(request)
            )
            request.META[READ] = read, response
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in READS and has_bad_condition(request):
            raise BadEntityTags

    def _from_cache(
        self, request: HttpRequest, key: str, tags: Tags, ask: Callable[[], HttpResponseBase]
    ) -> HttpResponseBase:
        filling = Filling(ask, rows_of=self.cache_rows)
        found = fetch(key, tags=tags, ttl_s=self.cache_ttl_s, compute=filling)
        if filling.response is not None and filling.page is None:
            return filling.response
        return answer(request, page_of(found, filling))

    def _readable(self, request: HttpRequest, who: Principal) -> Parameters | None:
        """The request's parameters, if `who` may have a page for them; DRF says why not."""
        try:
            parameters = parameters_of(request)
        except ValueError:
            return None
        may = who.may(self.required_permissions.get("GET", _NOBODYS))
        is_known = all(name in self.parameters for name, _ in parameters)
        is_sound = is_known and is_json_welcome(request) and not has_bad_condition(request)
        return parameters if may and is_sound else None

    def _is_admitted(self, request: HttpRequest, who: Principal) -> bool:
        token_key = who.token.token_key if who.token else None
        return admit(request, self, user_id=who.user.pk, token_key=token_key)

    def _viewer(self, who: Principal) -> str:
        return f"{who.reach}:{who.user.pk}" if self.is_personal else who.reach

    def _tags(self, kwargs: dict[str, Any]) -> Tags:
        declared: Any = self.cache_tags
        if not callable(declared):
            return cast(Tags, declared)
        made = tuple(declared(kwargs))
        return made if all(len(tag) <= LONGEST_TAG for tag in made) else ()


# A view that doesn't list GET lets nobody read; no permission is called that.
_NOBODYS = ("",)


def _route(request: HttpRequest) -> str:
    return request.resolver_match.route if request.resolver_match else ""


def _tagged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What DRF answered, with ETag and 304 if it is a page."""
    filling = Filling(lambda: response)
    filling()
    return answer(request, filling.page) if filling.page is not None else response
