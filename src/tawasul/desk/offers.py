"""What is offered to whoever writes an answer: canned replies, and articles; and what they become in its text."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils import translation

from tawasul.accounts.models import Person
from tawasul.core.links import absolute
from tawasul.core.markdown import plain_of
from tawasul.knowledge import queries as articles
from tawasul.knowledge.models import Article
from tawasul.replies import actions as replies_actions
from tawasul.replies import queries as replies
from tawasul.replies.variables import Facts, filled
from tawasul.tickets.models import Ticket

REPLY, ARTICLE = "reply", "article"
_EXCERPT = 110  # characters


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list: ``value`` names what it is."""

    value: str
    name: str
    excerpt: str
    shortcut: str = ""

    @property
    def is_article(self) -> bool:
        """Whether an article is offered rather than a reply."""
        return self.value.startswith(ARTICLE)


def found(ticket: Ticket, person: Person, q: str, *, most: int = replies.MOST) -> list[Offer]:
    """What fits the words typed, replies first: each as it would read in the ticket's language."""
    language = ticket.language
    offers = [
        Offer(
            f"{REPLY}:{reply.pk}",
            reply.name,
            _line(filled(replies.text_of(reply, language), Facts(ticket, person), language)),
            reply.shortcut,
        )
        for reply in replies.replies_found(person, q, language=language, most=most)
    ]
    return offers + [
        Offer(
            f"{ARTICLE}:{article.pk}",
            articles.title_of(article, language),
            _line(articles.summary_of(article, language)),
        )
        for article in articles.published(q)
    ]


def text_of(value: str, ticket: Ticket, person: Person) -> str | None:
    """The text that the chosen line puts into the answer, counted as used; None where it is not theirs to use."""
    what, _colon, key = value.partition(":")
    if not (key.isascii() and key.isdigit()) or len(key) > 18:
        return None
    if what == REPLY:
        reply = replies.reply_of(person, int(key))
        if reply is None:
            return None
        replies_actions.count_use(reply)
        return filled(replies.text_of(reply, ticket.language), Facts(ticket, person), ticket.language)
    if what == ARTICLE:
        article = Article.objects.filter(pk=int(key), is_published=True).first()
        return _told(article, ticket.language) if article is not None else None
    return None


def _told(article: Article, language: str) -> str:
    """The summary of an article and where it is read on."""
    title = articles.title_of(article, language)
    with translation.override(language):
        try:
            link = absolute(reverse("portal:article", args=[article.slug]))
        except NoReverseMatch:  # a desk without the portal
            return articles.summary_of(article, language)
    return f"{articles.summary_of(article, language)}\n\n[{title}]({link})"


def _line(text: str) -> str:
    line = " ".join(plain_of(text).split())
    return line if len(line) <= _EXCERPT else line[:_EXCERPT].rstrip() + "…"
