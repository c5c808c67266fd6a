"""Values that are known only after apply, recognised by how CDKTF writes them; pure.

CDKTF writes a late string as ``${TfToken[...]}``, the elements of a late list as
``#{TfToken[...]}`` and a late number as a number near -1.888e+289.
https://developer.hashicorp.com/terraform/cdktf/concepts/tokens
"""

from __future__ import annotations

import re

_LIST = re.compile(r"#\{TfToken\[")
_NUMBER = re.compile(r"-1\.888154\d+e\+289", re.IGNORECASE)


def is_token(value: object) -> bool:
    """Tell whether ``value`` is or contains something that is known only after apply."""
    text = str(value)
    return "TfToken[" in text or _NUMBER.search(text) is not None


def has_list_or_number_token(text: str) -> bool:
    """Tell whether ``text`` contains a late list element or a late number."""
    return _LIST.search(text) is not None or _NUMBER.search(text) is not None
