"""The history of who is who: random events against an oracle that replays the whole of it."""

import contextlib
import copy
import re

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reid.errors import ConflictError, InputError, NotFoundError
from reid.identities import (
    Confirm,
    Merge,
    NewIndividual,
    NoMatch,
    NotIdentifiable,
    PatternChanged,
    PatternWord,
    Reject,
    Rename,
    Split,
    State,
    Undo,
    Withdraw,
    changes_of,
    subjects,
)
from reid.identities.facts import Belonging, Known
from reid.identities.ground import Role

SIGHTINGS = "abcdef"
NAMES = ["Aidar", "Botagoz", "Zere", "Kunay"]
ALL_SIGHTINGS = [subjects.sighting(s) for s in SIGHTINGS]


class Book:
    """A state with its events, as the catalogue keeps them."""

    def __init__(self):
        self.state, self.events = State(SIGHTINGS), []

    def decide(self, decision, seen=ALL_SIGHTINGS):
        number = len(self.events) + 1
        changes = changes_of(decision, self.state, number, seen)
        if not changes:
            return None
        self.state.apply(number, changes)
        self.events.append((decision, changes))
        return number

    def who(self):
        """Name by sighting, and None for those who are said to be not identifiable."""
        found = {}
        for name in SIGHTINGS:
            fact = self.state.held(subjects.sighting(name)).fact
            if fact is None or fact == Belonging(None):
                continue
            number = fact.individual
            found[name] = None if number is None else self.name(number)
        return found

    def name(self, number):
        fact = self.state.held(subjects.individual(number)).fact
        assert isinstance(fact, Known)
        assert fact.merged_into is None
        return fact.name

    def effective(self):
        """The decisions that hold, in order: an undo switches one off, its undo on again."""
        on = {}
        for number, (decision, _) in enumerate(self.events, 1):
            on[number] = True
            undone = decision
            holds = True
            while isinstance(undone, Undo):
                holds = not holds
                target = undone.event
                undone = self.events[target - 1][0]
            if isinstance(decision, Undo):
                on[number] = False  # an undo by itself says nothing
                on[target] = holds
        return [self.events[n - 1] for n in sorted(on) if on[n]]


def owners(events):
    """Whose every name is or was."""
    return {
        c.after.fact.name: int(c.subject.key[0])
        for _, changes in events
        for c in changes
        if isinstance(c.after.fact, Known)
    }


def undo_following(book, event, tries=200):
    """Undo an event; where it is refused, first what the refusal names, as a person would."""
    while tries > 0:
        tries -= 1
        try:
            book.decide(Undo(event))
            return tries
        except ConflictError as refused:
            if "undone already" in str(refused):
                return tries
            named = [int(n) for n in re.findall(r"[0-9]+", str(refused).partition("events")[2])]
            if not named or not all(1 <= n <= len(book.events) for n in named):
                pytest.fail(f"names no event: {refused}")
            tries = undo_following(book, max(named), tries)
    pytest.fail("what refusals name leads nowhere")


def _begins(changes, number):
    """Whether an event made this individual, and does not only touch it."""
    (change,) = [c for c in changes if c.subject == subjects.individual(number)]
    return change.role is Role.SET


def replayed(events, of):
    """The oracle: plain dicts, every decision that holds done again from nothing."""
    who, names = {}, {}
    for decision, changes in events:
        made = [int(c.subject.key[0]) for c in changes if c.subject.kind == "individual"]
        match decision:
            case NewIndividual() | Split():
                (new,) = [n for n in made if n not in names and _begins(changes, n)]
                given = [c for c in changes if c.subject == subjects.individual(new)]
                names[new] = given[0].after.fact.name
                who |= dict.fromkeys(decision.sightings, new)
            case Confirm():
                who[decision.sighting] = of[decision.individual]
            case NotIdentifiable():
                who[decision.sighting] = None
            case Withdraw():
                del who[decision.sighting]
            case Merge():
                keep, gone = of[decision.keep], of[decision.gone]
                who = {s: keep if n == gone else n for s, n in who.items()}
                del names[gone]
            case Rename():
                names[of[decision.individual]] = decision.name
    return {s: None if n is None else names[n] for s, n in who.items()}


class Histories(RuleBasedStateMachine):
    """Anything that people may decide, in any order; what is refused changes nothing."""

    def __init__(self):
        super().__init__()
        self.book = Book()

    def decide(self, decision):
        before = dict(self.book.state.facts())
        try:
            self.book.decide(decision)
        except InputError:
            assert dict(self.book.state.facts()) == before

    sighting, name = st.sampled_from(SIGHTINGS), st.sampled_from(NAMES)
    several = st.lists(sighting, max_size=3, unique=True).map(tuple)

    @rule(sightings=several, name=st.none() | name)
    def new(self, sightings, name):
        self.decide(NewIndividual(sightings, name))

    @rule(sighting=sighting, name=name)
    def confirm(self, sighting, name):
        self.decide(Confirm(sighting, name))

    @rule(
        a=sighting, b=sighting, kind=st.sampled_from([NotIdentifiable, Withdraw, Reject, NoMatch])
    )
    def say(self, a, b, kind):
        self.decide(Reject(a, b) if kind is Reject else kind(a))

    @rule(keep=name, gone=name)
    def merge(self, keep, gone):
        self.decide(Merge(keep, gone))

    @rule(individual=name, sightings=several, name=st.none() | name)
    def split(self, individual, sightings, name):
        self.decide(Split(individual, sightings, name))

    @rule(individual=name, name=name)
    def rename(self, individual, name):
        self.decide(Rename(individual, name))

    @rule(individual=name)
    def changed(self, individual):
        self.decide(PatternChanged(individual, PatternWord.SCAR))

    @precondition(lambda self: self.book.events)
    @rule(data=st.data())
    def undo(self, data):
        self.decide(Undo(data.draw(st.integers(1, len(self.book.events)))))

    @precondition(lambda self: self.book.events)
    @rule(back=st.integers(0, 2))
    def undo_a_late_one(self, back):
        self.decide(Undo(max(1, len(self.book.events) - back)))

    @precondition(lambda self: self.book.events)
    @rule(data=st.data())
    def a_refusal_names_what_to_undo_first(self, data):
        event = data.draw(st.integers(1, len(self.book.events)))
        undo_following(copy.deepcopy(self.book), event)

    @invariant()
    def what_is_believed_is_what_the_oracle_finds(self):
        events = self.book.events
        assert self.book.who() == replayed(self.book.effective(), owners(events))

    @invariant()
    def made_again_from_nothing_it_is_the_same(self):
        again = State()
        for number, (_, changes) in enumerate(self.book.events, 1):
            again.apply(number, changes)
        assert again.facts() == self.book.state.facts()

    @invariant()
    def no_name_is_two_animals(self):
        facts = self.book.state.facts()
        numbers = {}
        for _, changes in self.book.events:
            for change in changes:
                if isinstance(change.after.fact, Known):
                    numbers.setdefault(change.after.fact.name, set()).add(change.subject)
        assert all(len(found) == 1 for found in numbers.values())
        held = [v.held.fact for s, v in facts.items() if s.kind == "individual"]
        names = [fact.name for fact in held if isinstance(fact, Known)]
        assert len(set(names)) == len(names)


Histories.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = Histories.TestCase


@pytest.fixture
def book():
    return Book()


def test_an_undo_of_an_undo_is_a_redo(book):
    book.decide(NewIndividual(("a",), "Aidar"))
    confirmed = book.decide(Confirm("b", "Aidar"))
    undone = book.decide(Undo(confirmed))
    assert book.who() == {"a": "Aidar"}
    redone = book.decide(Undo(undone))
    assert book.who() == {"a": "Aidar", "b": "Aidar"}
    book.decide(Undo(redone))
    assert book.who() == {"a": "Aidar"}
    with pytest.raises(ConflictError, match=f"event {confirmed} is undone already"):
        book.decide(Undo(confirmed))


def test_an_undo_that_later_events_stand_on_names_them(book):
    made = book.decide(NewIndividual(("a",), "Aidar"))
    joined = book.decide(Confirm("b", "Aidar"))
    renamed = book.decide(Rename("Aidar", "Zere"))
    with pytest.raises(ConflictError, match=f"events {renamed} depend on it"):
        book.decide(Undo(made))
    book.decide(Undo(renamed))
    with pytest.raises(ConflictError, match=f"events {joined} depend on it"):
        book.decide(Undo(made))
    book.decide(Undo(joined))
    book.decide(Undo(made))
    assert book.who() == {}


def test_an_undo_that_needs_an_individual_that_is_no_more_names_who_took_it_away(book):
    made = book.decide(NewIndividual((), "Aidar"))
    book.decide(Confirm("a", "Aidar"))
    moved = book.decide(NewIndividual(("a",), "Zere"))
    noted = book.decide(PatternChanged("Aidar", PatternWord.SCAR))
    away = book.decide(Undo(made))
    book.decide(Undo(noted))
    with pytest.raises(ConflictError, match=f"events {away} depend on it"):
        book.decide(Undo(moved))
    book.decide(Undo(away))
    book.decide(Undo(moved))
    assert book.who() == {"a": "Aidar"}


def test_an_undo_is_not_done_again_over_what_was_decided_since(book):
    book.decide(NewIndividual((), "Aidar"))
    undone = book.decide(Undo(book.decide(Confirm("a", "Aidar"))))
    other = book.decide(NewIndividual(("a",)))
    with pytest.raises(ConflictError, match=f"events {other} depend on it"):
        book.decide(Undo(undone))
    assert book.who() == {"a": "L0002"}
    book.decide(Undo(other))
    book.decide(Undo(undone))
    assert book.who() == {"a": "Aidar"}


def test_independent_events_are_undone_in_any_order(book):
    book.decide(NewIndividual((), "Aidar"))
    first = book.decide(Confirm("a", "Aidar"))
    book.decide(Confirm("b", "Aidar"))
    book.decide(Undo(first))
    assert book.who() == {"b": "Aidar"}


def test_a_merge_undone_gives_every_sighting_back_where_it_was(book):
    book.decide(NewIndividual(("a", "b"), "Aidar"))
    book.decide(NewIndividual(("c",), "Zere"))
    merged = book.decide(Merge("Aidar", "Zere"))
    later = book.decide(Confirm("d", "Aidar"))
    assert set(book.who().values()) == {"Aidar"}
    with pytest.raises(ConflictError, match="merged into 'Aidar'"):
        book.decide(Confirm("e", "Zere"))
    book.decide(Undo(merged))
    assert book.who() == {"a": "Aidar", "b": "Aidar", "c": "Zere", "d": "Aidar"}
    assert later


def test_who_was_decided_is_not_replaced_unseen(book):
    book.decide(NewIndividual(("a",), "Aidar"))
    book.decide(NewIndividual((), "Zere"))
    with pytest.raises(ConflictError, match="is 'Aidar' \\(event 1\\)"):
        book.decide(Confirm("a", "Zere"), seen=())
    book.decide(Confirm("a", "Zere"))
    assert book.who() == {"a": "Zere"}


def test_names_are_never_generated_twice(book):
    made = book.decide(NewIndividual((), "L0002"))
    assert made
    for _ in range(3):
        book.decide(NewIndividual())
    book.decide(Undo(2))
    book.decide(NewIndividual())
    names = {
        c.after.fact.name for _, cs in book.events for c in cs if isinstance(c.after.fact, Known)
    }
    assert names == {"L0002", "L0002-2", "L0003", "L0004", "L0005"}


def test_an_old_name_stays_its_owners(book):
    book.decide(NewIndividual((), "Aidar"))
    book.decide(Rename("Aidar", "Zere"))
    with pytest.raises(ConflictError, match=r"already in the catalogue \(now 'Zere'\)"):
        book.decide(NewIndividual((), "Aidar"))
    book.decide(Confirm("a", "Aidar"))
    assert book.who() == {"a": "Zere"}
    book.decide(NewIndividual((), "Kunay"))
    with pytest.raises(ConflictError, match="never given twice"):
        book.decide(Rename("Kunay", "Aidar"))


def test_what_is_so_already_is_no_event(book):
    book.decide(NewIndividual(("a",), "Aidar"))
    assert book.decide(Confirm("a", "Aidar")) is None
    assert book.decide(Rename("Aidar", "Aidar")) is None
    book.decide(Reject("a", "b"))
    assert book.decide(Reject("b", "a")) is None


def test_no_match_is_a_decision_of_its_own(book):
    book.decide(NewIndividual(("a",), "Aidar"))
    said = book.decide(NoMatch("b"))
    held = book.state.held(subjects.no_match("b"))
    assert (held.writer, held.fact.up_to) == (said, said - 1)
    book.decide(NoMatch("b", "Aidar"))
    with pytest.raises(ConflictError, match="withdraw that first"):
        book.decide(NoMatch("a", "Aidar"))
    assert "b" not in book.who()


def test_mistakes_are_said(book):
    book.decide(NewIndividual(("a", "b"), "Aidar"))
    for wrong, what in [
        (Confirm("x", "Aidar"), "no sighting 'x'"),
        (Confirm("a", "Nobody"), "no individual 'Nobody'"),
        (NewIndividual((), "  "), "expected a name"),
        (Withdraw("c"), "nothing to withdraw"),
        (Reject("a", "a"), "twice"),
        (Merge("Aidar", "Aidar"), "twice"),
        (Split("Aidar", ("a", "b")), "rename it"),
        (Split("Aidar", ("c",)), "not sightings of 'Aidar'"),
        (Undo(7), "no event 7"),
    ]:
        with pytest.raises((InputError, NotFoundError), match=what):
            book.decide(wrong)
    assert len(book.events) == 1


def test_versions_move_for_whoever_would_see_something_else(book):
    book.decide(NewIndividual(("a",), "Aidar"))
    aidar = subjects.individual(1)
    seen = book.state.version(aidar)
    book.decide(Confirm("b", "Aidar"))
    assert book.state.version(aidar) > seen
    seen = book.state.version(subjects.sighting("a"))
    book.decide(Reject("a", "c"))
    assert book.state.version(subjects.sighting("a")) == seen
    with contextlib.suppress(ConflictError):
        book.decide(NoMatch("a"))
    assert book.state.version(subjects.sighting("a")) == seen
