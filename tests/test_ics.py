"""Calendar files, read back by the rules of RFC 5545."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimator.ics import LONGEST_LINE, Event, calendar_file

STAMP = "20261121T080000Z"
EVENT = Event(uid="a@b", day=date(2026, 12, 1), title="Send it", text="Keep a copy.")
LINE = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", re.DOTALL)
UNESCAPED = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n", "\\N": "\n"}


def content_lines(text):
    """The unfolded lines of a file, after what section 3.1 asks of them."""
    assert text.endswith("\r\n")
    lines = text.removesuffix("\r\n").split("\r\n")
    for line in lines:
        assert "\r" not in line
        assert "\n" not in line
        assert len(line.encode()) <= LONGEST_LINE == 75
    return "\r\n".join(lines).replace("\r\n ", "").split("\r\n")


def parsed(text):
    """A file as nested components: a name, its properties, what is inside."""
    stack, done = [("", [], [])], []
    for line in content_lines(text):
        name, parameters, value = LINE.fullmatch(line).groups()
        if name == "BEGIN":
            stack.append((value, [], []))
        elif name == "END":
            component = stack.pop()
            assert component[0] == value
            stack[-1][2].append(component)
            done.append(component)
        else:
            stack[-1][1].append((name, parameters, value))
    assert len(stack) == 1
    (calendar,) = stack[0][2]
    assert calendar[0] == "VCALENDAR"
    return calendar


def plain(value):
    """A text value as it was before it was escaped (section 3.3.11)."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    return re.sub(r"\\(?:\\|;|,|n|N)", lambda match: UNESCAPED[match[0]], value)


def of_event(text, name):
    (event,) = parsed(text)[2]
    (value,) = [value for key, _, value in event[1] if key == name]
    return value


def test_a_calendar_names_its_version_and_its_maker_once():
    _, properties, events = parsed(calendar_file([EVENT], STAMP))
    names = [name for name, _, _ in properties]
    assert names.count("VERSION") == names.count("PRODID") == 1
    assert ("VERSION", "", "2.0") in properties
    assert [event[0] for event in events] == ["VEVENT"]


def test_an_event_is_an_all_day_event_with_what_it_has_to_have():
    (event,) = parsed(calendar_file([EVENT], STAMP))[2]
    assert event[1] == [
        ("UID", "", "a@b"),
        ("DTSTAMP", "", STAMP),
        ("DTSTART", ";VALUE=DATE", "20261201"),
        ("SUMMARY", "", "Send it"),
        ("DESCRIPTION", "", "Keep a copy."),
        ("TRANSP", "", "TRANSPARENT"),
    ]
    assert event[2] == []


def test_a_reminder_has_what_it_has_to_have():
    (event,) = parsed(calendar_file([EVENT.replace(remind=14)], STAMP))[2]
    (alarm,) = event[2]
    assert alarm == (
        "VALARM",
        [("ACTION", "", "DISPLAY"), ("DESCRIPTION", "", "Send it"), ("TRIGGER", "", "-P14D")],
        [],
    )


def test_events_stand_in_the_order_given():
    other = EVENT.replace(uid="c@d", day=date(2026, 1, 2))
    events = parsed(calendar_file([EVENT, other], STAMP))[2]
    assert [properties[0][2] for _, properties, _ in events] == ["a@b", "c@d"]


def test_the_same_input_makes_the_same_file():
    assert calendar_file([EVENT], STAMP) == calendar_file([EVENT], STAMP)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("one, two; three", r"one\, two\; three"),
        ("a\\b", r"a\\b"),
        ("one\ntwo", r"one\ntwo"),
        ("one\r\ntwo\rthree", r"one\ntwo\nthree"),
        ("BEGIN:VALARM", "BEGIN:VALARM"),
        ("x\r\nEND:VEVENT\r\nBEGIN:VEVENT", r"x\nEND:VEVENT\nBEGIN:VEVENT"),
        ("bell\x07 and nothing\x00", "bell and nothing"),
        ("a tab\tstays", "a tab\tstays"),
    ],
)
def test_text_is_escaped_and_opens_nothing(text, written):
    event = EVENT.replace(title=text, text=text)
    made = calendar_file([event], STAMP)
    assert of_event(made, "SUMMARY") == of_event(made, "DESCRIPTION") == written


def test_a_long_line_is_folded_between_characters():
    text = "é" * 60 + "🙂" * 30
    made = calendar_file([EVENT.replace(text=text)], STAMP)
    assert of_event(made, "DESCRIPTION") == text
    folded = made.split("DESCRIPTION:")[1].split("\r\n")[1]
    assert folded.startswith(" ")
    assert 72 <= len(folded.encode()) <= 75


@given(st.text(max_size=400), st.text(max_size=400))
def test_whatever_is_written_is_read_back(title, text):
    made = calendar_file([EVENT.replace(title=title, text=text, remind=3)], STAMP)
    for name, given_text in (("SUMMARY", title), ("DESCRIPTION", text)):
        ends = re.sub("\r\n?|\u2028|\u2029|\x85", "\n", given_text)
        kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", ends)
        assert plain(of_event(made, name)) == kept


@pytest.mark.parametrize("stamp", ["", "2026-11-21", "20261121", "20261121T080000", "x" * 16])
def test_a_stamp_of_another_form_is_refused(stamp):
    with pytest.raises(ValueError, match="expected a stamp like 20261121T080000Z"):
        calendar_file([EVENT], stamp)


def test_a_file_without_events_or_with_one_twice_is_refused():
    with pytest.raises(ValueError, match="at least one event"):
        calendar_file([], STAMP)
    with pytest.raises(ValueError, match="the same uid"):
        calendar_file([EVENT, EVENT], STAMP)
