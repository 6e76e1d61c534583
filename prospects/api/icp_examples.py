"""Examples for the schema of profiles."""

from drf_spectacular.utils import OpenApiExample

PROFILE_EXAMPLES = [
    OpenApiExample(
        "Food manufacturers",
        value={
            "title": "Mid-size food manufacturers in the Midwest",
            "description": "Plants of 50 to 2,000 people that cold-chain their goods.",
            "criteria": [
                {"kind": "industry", "any_of": ["Food manufacturing", "Beverages"], "weight": 40, "must": True},
                {"kind": "employees", "min": 50, "max": 2000, "weight": 30},
                {"kind": "region", "any_of": ["Illinois", "OH", "Wisconsin"], "weight": 30},
                {"kind": "indicator", "text": "Runs its own refrigerated trucks", "weight": 10},
            ],
        },
        request_only=True,
        media_type="application/json",
    ),
    OpenApiExample(
        "The same as TOML",
        value='title = "Mid-size food manufacturers in the Midwest"\n\n[[criteria]]\nkind = "employees"\nmin = 50\n'
        "max = 2000\nweight = 30\n",
        request_only=True,
        media_type="application/toml",
    ),
]
