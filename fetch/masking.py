"""A transport that sends secrets to their host, and lets none of them come back.

Every exchange and resource of an answer is searched before anyone else sees it, and one that
holds a secret says that it was masked. A link or redirect that held one now holds the mask, and
what holds the mask is not asked for.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from fetch.errors import BadAnswer, FetchError
from fetch.masked_exchange import masked_exchange
from fetch.options import is_loopback
from fetch.secrets import MASK, MASK_IN_URL, Secrets
from fetch.spool import release
from fetch.transport import Fetched, Request, Transport
from warc.exchange import Exchange, Resource

# Where a secret must have been for a picture of the page to show it.
_SHOWN = {"response", "resource"}


class Masking:
    """A transport around another one.

    folder  where large bodies wait until they are archived; None: the system's place
    """

    def __init__(
        self, transport: Transport, secrets: Secrets, *, folder: Path | None = None
    ) -> None:
        """Put secrets between a crawl and its transport."""
        self._transport = transport
        self._secrets = secrets
        self._folder = folder

    async def fetch(self, request: Request) -> Fetched:
        """Ask with the fields of the request's host; what comes back holds no secret.

        raises  FetchError without secrets; and for a URL that holds one, or that would carry one
                over a line which others can read
        """
        own = self._secrets.headers_for(request.url)
        self._check(request.url, carries=bool(own))

        def follows(url: str) -> bool:
            stays = not own or _origin(url) == _origin(request.url)
            return stays and not self._is_in_url(url) and request.follows(url)

        def admits(exchange: Exchange) -> bool:
            clean = self._masked(exchange, sent=bool(own))
            try:
                return request.admits(clean)
            finally:
                if clean.body is not exchange.body:
                    release(clean.body)

        headers = (*request.headers, *own)
        try:
            fetched = await self._transport.fetch(
                replace(request, headers=headers, follows=follows, admits=admits)
            )
        except FetchError as error:
            raise self._without_secrets(error) from None
        return self._cleaned(fetched, sent=bool(own))

    async def close(self) -> None:
        """Close the transport within."""
        await self._transport.close()

    def _check(self, url: str, *, carries: bool) -> None:
        """Refuse a URL that holds a secret, or that a secret must not go to."""
        if self._is_in_url(url):
            shown = self._secrets.mask_text(url, mask=MASK_IN_URL)
            raise BadAnswer("a URL that holds a secret is not asked for", url=shown)
        if carries and urlsplit(url).scheme != "https" and not is_loopback(url):
            raise BadAnswer("secrets are sent over https alone", url=url)

    def _is_in_url(self, url: str) -> bool:
        """Whether a URL holds a secret, or held one."""
        return self._secrets.mask_text(url) != url or MASK in url or MASK_IN_URL in url

    def _without_secrets(self, error: FetchError) -> FetchError:
        """An error of the same kind whose text holds no secret, not even a part."""
        problem = self._secrets.mask_message(error.problem)
        url = self._secrets.mask_text(error.url, mask=MASK_IN_URL)
        if (problem, url) == (error.problem, error.url):
            return error
        return type(error)(problem, url=url)

    def _cleaned(self, fetched: Fetched, *, sent: bool) -> Fetched:
        """An answer without secrets; of a page that showed one, no picture is kept."""
        hops = tuple(self._replaced(exchange, sent=sent) for exchange in fetched.hops)
        parts = tuple(self._replaced(exchange, sent=sent) for exchange in fetched.parts)
        resources = tuple(self._resource(made) for made in fetched.resources)
        if resources != fetched.resources:
            masked = f"{hops[-1].masked} resource".lstrip()
            hops = (*hops[:-1], replace(hops[-1], masked=masked))
        if any(_SHOWN & set(exchange.masked.split()) for exchange in (*hops, *parts)):
            resources = tuple(one for one in resources if not one.url.startswith("urn:view:"))
        return Fetched(hops=hops, parts=parts, resources=resources)

    def _replaced(self, exchange: Exchange, *, sent: bool) -> Exchange:
        """An exchange without secrets, in place of the one given."""
        clean = self._masked(exchange, sent=sent)
        if clean.body is not exchange.body:
            release(exchange.body)
        return clean

    def _masked(self, exchange: Exchange, *, sent: bool) -> Exchange:
        """An exchange without secrets."""
        return masked_exchange(exchange, self._secrets, sent=sent, folder=self._folder)

    def _resource(self, made: Resource) -> Resource:
        """A resource without secrets."""
        url = self._secrets.mask_text(made.url, mask=MASK_IN_URL)
        return replace(made, url=url, payload=self._secrets.mask(made.payload))


def _origin(url: str) -> tuple[str, str]:
    """What a redirect must not change while it carries secrets."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
