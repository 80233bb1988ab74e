"""Who a visitor is: what the company's server vouches for, what is refused, and what becomes of conversations when somebody signs in or out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.accounts.models import Site
from csbot.conversations.access import conversation_of_visitor
from csbot.conversations.identity import Identity, IdentityRefused, identity_read, identity_secret_renew
from csbot.conversations.models import Conversation, Visitor
from csbot.conversations.services.accept import message_accept
from csbot.conversations.services.visitors import session_open
from csbot.conversations.sessions import VisitorSession, session_read
from csbot.lib.clock import now
from csbot.lib.sealed import unseal
from tests.csbot.dashboard.desks import Desk, agent_of

pytestmark = pytest.mark.usefixtures("redis_clean")
DAY = timedelta(days=1)


@pytest.fixture
def known_site(site: Site) -> Site:
    identity_secret_renew(site)
    return site


def vouched(site: Site, key: str = "", algorithm: str = "HS256", **claims: Any) -> str:
    told = {"sub": "7001", "name": "Lin Fang", "email": "lin@example.com", "exp": now() + DAY, **claims}
    present = {name: value for name, value in told.items() if value is not None}
    return jwt.encode(present, key or unseal(site.sealed_identity_secret), algorithm=algorithm)


def opened(site: Site, token: str = "", identity: str = "") -> VisitorSession:
    session, problem = session_open(site_key=site.key, token=token, identity=identity)
    assert problem == ""
    return session


def said(session: VisitorSession, text: str = "hello") -> Conversation:
    return message_accept(session=session, client_id=str(uuid4()), text=text).conversation


def test_what_the_company_signed_is_known(known_site: Site) -> None:
    assert identity_read(known_site, vouched(known_site)) == Identity("7001", "Lin Fang", "lin@example.com")
    assert identity_read(known_site, vouched(known_site, name=None, email=5)) == Identity("7001")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"key": "another secret of thirty-two letters"}, "invalid"),
        ({"algorithm": "HS512"}, "invalid"),
        ({"exp": None}, "invalid"),
        ({"sub": None}, "invalid"),
        ({"sub": " "}, "no_id"),
        ({"sub": "7" * 201}, "no_id"),
        ({"sub": "7\n1"}, "no_id"),
        ({"exp": 1}, "expired"),
    ],
)
def test_what_is_not_good_is_refused_and_says_why(known_site: Site, claims: dict[str, Any], code: str) -> None:
    with pytest.raises(IdentityRefused) as refusal:
        identity_read(known_site, vouched(known_site, **claims))
    assert refusal.value.code == code


def test_an_unsigned_token_is_refused(known_site: Site) -> None:
    with pytest.raises(IdentityRefused):
        identity_read(known_site, jwt.encode({"sub": "7001", "exp": now() + DAY}, None, algorithm="none"))


def test_without_a_secret_nobody_is_known(site: Site) -> None:
    with pytest.raises(IdentityRefused) as refusal:
        identity_read(site, jwt.encode({"sub": "7001", "exp": now() + DAY}, "x" * 32, algorithm="HS256"))
    assert refusal.value.code == "no_secret"


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    from csbot.lib.sealed import seal

    with pytest.raises(IdentityRefused):
        identity_read(Site(sealed_identity_secret=seal("a secret of at least thirty-two letters")), text)


def test_another_sites_secret_is_not_good_here(known_site: Site) -> None:
    other = Site.objects.create(
        company=known_site.company, knowledge_base=known_site.knowledge_base, key="other", name="Other", default_language="en"
    )
    identity_secret_renew(other)
    with pytest.raises(IdentityRefused):
        identity_read(known_site, vouched(other))


def test_a_known_visitor_has_the_same_conversation_on_every_device(known_site: Site) -> None:
    phone = opened(known_site, identity=vouched(known_site))
    assert Visitor.objects.count() == 0
    conversation = said(phone)
    laptop = opened(known_site, identity=vouched(known_site, name="Lin F."))
    assert conversation_of_visitor(laptop) == conversation
    said(laptop)
    assert (conversation.visitor.external_id, conversation.visitor.name) == ("7001", "Lin Fang")
    assert conversation_of_visitor(opened(known_site, identity=vouched(known_site, sub="7002"))) is None


def test_the_token_carries_the_identity(known_site: Site) -> None:
    session = opened(known_site, identity=vouched(known_site))
    assert session_read(session.token()) == session


def test_what_was_said_before_signing_in_stays_and_leads_nowhere_else(known_site: Site) -> None:
    stranger = opened(known_site)
    conversation = said(stranger)
    known = opened(known_site, token=stranger.token(), identity=vouched(known_site))
    assert conversation_of_visitor(known) == conversation
    assert conversation_of_visitor(stranger) is None
    assert [visitor.external_id for visitor in Visitor.objects.all()] == ["7001"]


def test_after_signing_out_nothing_of_the_conversation_is_left(known_site: Site) -> None:
    known = opened(known_site, identity=vouched(known_site))
    said(known)
    after = opened(known_site, token=known.token())
    assert after.identity is None
    assert conversation_of_visitor(after) is None
    somebody = opened(known_site, token=known.token(), identity=vouched(known_site, sub="7002"))
    assert conversation_of_visitor(somebody) is None
    assert Conversation.objects.get().visitor.external_id == "7001"


def test_an_old_identity_keeps_the_session_that_it_made_and_makes_none(known_site: Site) -> None:
    known = opened(known_site, identity=vouched(known_site))
    old = vouched(known_site, exp=1)
    assert opened(known_site, token=known.token(), identity=old) == known
    session, problem = session_open(site_key=known_site.key, identity=old)
    assert (session.identity, problem) == (None, "expired")
    session, problem = session_open(site_key=known_site.key, token=known.token(), identity=vouched(known_site, exp=1, sub="7002"))
    assert (session.identity, problem) == (None, "expired")


def test_an_old_identity_of_nobody_leaves_a_stranger(known_site: Site) -> None:
    known = opened(known_site, identity=vouched(known_site))
    session, problem = session_open(site_key=known_site.key, token=known.token(), identity=vouched(known_site, exp=1, sub=" "))
    assert (session.identity, problem) == (None, "expired")


def test_a_new_secret_ends_what_the_old_one_signed(known_site: Site) -> None:
    identity = vouched(known_site)
    identity_secret_renew(known_site)
    session, problem = session_open(site_key=known_site.key, identity=identity)
    assert (session.identity, problem) == (None, "invalid")


@pytest.mark.parametrize("query", ["Lin Fang", "lin@example.com", "7001"])
def test_agents_see_and_find_who_it_is(known_site: Site, query: str) -> None:
    stranger = opened(known_site)
    conversation = said(stranger)
    desk = Desk(agent_of(known_site.company, "ann", "agent"))
    assert desk.get("inbox", q=query).json()["results"] == []
    opened(known_site, token=stranger.token(), identity=vouched(known_site))
    (row,) = desk.get("inbox", q=query).json()["results"]
    assert row["visitor"]["name"] == "Lin Fang"
    told = desk.get(f"conversations/{conversation.pk}").json()["visitor"]
    assert (told["external_id"], told["email"]) == ("7001", "lin@example.com")
