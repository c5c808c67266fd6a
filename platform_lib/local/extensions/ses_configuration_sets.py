"""SES configuration sets: options read back and changed in place, and where events go.

Upstream gap: moto answers with options that nobody set and with one inside itself, cannot change any,
has no event destinations in the API v2, and crashes when a set is deleted that does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.utils import unix_time
from moto.ses.models import ConfigurationSet
from moto.ses.utils import get_arn
from moto.sesv2.models import SESV2Backend
from moto.sesv2.responses import SESV2Response
from moto.sns.models import sns_backends

from platform_lib.local.extensions._ses_v2 import (
    AlreadyThereError,
    NotThereError,
    RefusedError,
    route,
)
from platform_lib.local.extensions.support import add, replace

__all__ = ["install"]

_EVENTS = frozenset(
    {
        "BOUNCE",
        "CLICK",
        "COMPLAINT",
        "DELIVERY",
        "DELIVERY_DELAY",
        "OPEN",
        "REJECT",
        "RENDERING_FAILURE",
        "SEND",
        "SUBSCRIPTION",
    }
)
"""https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_EventDestination.html"""

_KNOWN = ("CloudWatchDestination", "SnsDestination")
_KINDS = (
    *_KNOWN,
    "EventBridgeDestination",
    "KinesisFirehoseDestination",
    "PinpointDestination",
)
_SOURCES = ("EMAIL_HEADER", "LINK_TAG", "MESSAGE_TAG")
_MOST = 10
"""https://docs.aws.amazon.com/ses/latest/dg/quotas.html"""

_ONE = r"configuration-sets/(?P<ConfigurationSetName>[^/]+)"
_REASONS = {"BOUNCE", "COMPLAINT"}


def install() -> None:
    """Patch moto."""
    replace(ConfigurationSet, "__init__")(_make)
    replace(ConfigurationSet)(to_dict_v2)
    replace(SESV2Backend)(create_configuration_set)
    replace(SESV2Backend)(delete_configuration_set)
    for action in (
        create_configuration_set_event_destination,
        delete_configuration_set_event_destination,
        get_configuration_set_event_destinations,
        update_configuration_set_event_destination,
    ):
        add(SESV2Response)(action)
    for field, name in _OPTIONS.items():
        add(SESV2Response, f"put_configuration_set_{name}_options")(_put(field))
        route(f"{_ONE}/{name}" if name == "sending" else f"{_ONE}/{name}-options")
    route(
        f"{_ONE}/event-destinations", f"{_ONE}/event-destinations/(?P<EventDestinationName>[^/]+)"
    )


_OPTIONS = {
    "DeliveryOptions": "delivery",
    "ReputationOptions": "reputation",
    "SendingOptions": "sending",
    "SuppressionOptions": "suppression",
    "TrackingOptions": "tracking",
    "VdmOptions": "vdm",
}
"""How the API v2 calls the options, and how its actions do."""


def _make(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give a new set what SES gives."""

    def make(self: Any, *given: Any, **named: Any) -> None:
        original(self, *given, **named)
        self.destinations = {}
        self.options = {
            "DeliveryOptions": {"TlsPolicy": "OPTIONAL"} | self.delivery_options,
            "ReputationOptions": {
                "ReputationMetricsEnabled": False,
                "LastFreshStart": int(unix_time()),
                **self.reputation_options,
            },
            "SendingOptions": {"SendingEnabled": True} | self.enabled,
            "SuppressionOptions": self.suppression_options,
            "TrackingOptions": self.tracking_options,
            "VdmOptions": self.vdm_options,
        }
        _check(self.options)

    return make


def _check(options: Mapping[str, Mapping[str, Any]]) -> None:
    if options["DeliveryOptions"]["TlsPolicy"] not in ("REQUIRE", "OPTIONAL"):
        raise RefusedError("TlsPolicy must be REQUIRE or OPTIONAL")
    if not set(options["SuppressionOptions"].get("SuppressedReasons", ())) <= _REASONS:
        raise RefusedError("SuppressedReasons must be BOUNCE or COMPLAINT")


def to_dict_v2(_: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out what nobody set."""

    def tell(self: Any) -> dict[str, Any]:
        return {
            "ConfigurationSetName": self.configuration_set_name,
            "Tags": self.tags,
            **{name: value for name, value in self.options.items() if value},
        }

    return tell


def create_configuration_set(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make a set once."""

    def create(self: Any, configuration_set_name: str, **options: Any) -> None:
        if configuration_set_name in self.core_backend.config_sets:
            raise AlreadyThereError(f"Configuration set {configuration_set_name} already exists.")
        original(self, configuration_set_name=configuration_set_name, **options)

    return create


def delete_configuration_set(original: Callable[..., Any]) -> Callable[..., Any]:
    """Forget the tags too."""

    def delete(self: Any, configuration_set_name: str) -> None:
        self.get_configuration_set(configuration_set_name)
        original(self, configuration_set_name)
        arn = get_arn(self, "ses", f"configuration-set/{configuration_set_name}")
        self.core_backend.tagger.delete_all_tags_for_resource(arn)

    return delete


def _put(field: str) -> Callable[..., str]:
    """Return the action that sets the options of one kind again."""

    def put(self: Any) -> str:
        found = _set_of(self)
        asked = {
            key: value
            for key, value in json.loads(self.body or "{}").items()
            if key != "ConfigurationSetName"
        }
        given = asked.get(field, {}) if field == "VdmOptions" else asked
        defaults = {
            "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
            "ReputationOptions": {
                "ReputationMetricsEnabled": False,
                "LastFreshStart": found.options["ReputationOptions"]["LastFreshStart"],
            },
            "SendingOptions": {"SendingEnabled": False},
        }
        after = {**found.options, field: defaults.get(field, {}) | given}
        _check(after)
        found.options = after
        return "{}"

    return put


def create_configuration_set_event_destination(self: Any) -> str:
    """Send events somewhere."""
    found = _set_of(self)
    asked = json.loads(self.body)
    name = asked["EventDestinationName"]
    if name in found.destinations:
        raise AlreadyThereError(f"Event destination {name} already exists.")
    if len(found.destinations) >= _MOST:
        raise RefusedError(f"A configuration set can have {_MOST} event destinations.")
    found.destinations[name] = _destination(self, name, asked["EventDestination"])
    return "{}"


def get_configuration_set_event_destinations(self: Any) -> str:
    """Tell where events go."""
    return json.dumps({"EventDestinations": list(_set_of(self).destinations.values())})


def update_configuration_set_event_destination(self: Any) -> str:
    """Send events somewhere else."""
    found, name = _destination_of(self)
    asked = json.loads(self.body)["EventDestination"]
    found.destinations[name] = _destination(self, name, asked)
    return "{}"


def delete_configuration_set_event_destination(self: Any) -> str:
    """Send events there no more."""
    found, name = _destination_of(self)
    del found.destinations[name]
    return "{}"


def _set_of(response: Any) -> Any:
    return response.sesv2_backend.get_configuration_set(
        response._get_param("ConfigurationSetName")  # noqa: SLF001 - moto has no other way
    )


def _destination_of(response: Any) -> tuple[Any, str]:
    found = _set_of(response)
    name = response._get_param("EventDestinationName")  # noqa: SLF001 - moto has no other way
    if name not in found.destinations:
        raise NotThereError(f"Event destination {name} does not exist.")
    return found, name


def _destination(response: Any, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Check a destination.

    Raises:
        NotImplementedError: It is of a kind that is not known here; the emulator answers 501.
        RefusedError: It cannot be.
    """
    kinds = [it for it in _KINDS if asked.get(it)]
    if len(kinds) != 1:
        raise RefusedError("Exactly one destination must be specified.")
    if kinds[0] not in _KNOWN:
        raise NotImplementedError(f"events for: {kinds[0]}")
    events = asked.get("MatchingEventTypes") or []
    if not events or not set(events) <= _EVENTS:
        raise RefusedError(f"MatchingEventTypes must be some of {', '.join(sorted(_EVENTS))}")
    if kinds[0] == "SnsDestination":
        backend = response.sesv2_backend
        arn = asked["SnsDestination"]["TopicArn"]
        if arn not in sns_backends[backend.account_id][backend.region_name].topics:
            raise RefusedError(f"SNS topic <{arn}> not found.")
    else:
        dimensions = asked["CloudWatchDestination"].get("DimensionConfigurations") or []
        if not dimensions or any(it["DimensionValueSource"] not in _SOURCES for it in dimensions):
            raise RefusedError(f"Each dimension needs a source of {', '.join(_SOURCES)}")
    return {"Enabled": False, **asked, "Name": name}
