"""Ask the web process under the name of the site; exit with 1 unless it answers 200."""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

host = urlsplit(os.environ.get("SITE_URL", "http://127.0.0.1")).hostname or "127.0.0.1"
request = urllib.request.Request(sys.argv[1], headers={"Host": host, "X-Forwarded-Proto": "https"})  # noqa: S310 - an address of ours
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 # nosec B310
        sys.exit(answer.status != 200)
except (urllib.error.URLError, OSError) as error:
    sys.exit(str(error))
