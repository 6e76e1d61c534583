"""LLM endpoints and prices."""

from django.contrib import admin

from performance.admin.base import StaffAdmin
from prospects.llm.models import Endpoint, ModelPrice


@admin.register(Endpoint)
class EndpointAdmin(StaffAdmin):
    """The breaker and the limit are learned; an operator may correct them."""

    list_display = ["model", "base_url", "breaker", "failures", "concurrency_limit", "reason", "updated_at"]
    list_filter = ["breaker"]
    search_fields = ["model", "base_url"]
    readonly_fields = ["updated_at"]
    ordering = ["base_url", "model"]


@admin.register(ModelPrice)
class ModelPriceAdmin(StaffAdmin):
    """Micro-dollars for a million tokens; a price here wins over the built-in one."""

    list_display = ["model", "input_micros_per_million", "output_micros_per_million", "updated_at"]
    search_fields = ["model"]
    readonly_fields = ["updated_at"]
    ordering = ["model"]
