"""A registry file is read, or refused with the place of the fault."""

import pytest

from hospitals.registry import UnreadableRegistryError, load, shipped


def test_a_missing_comma_is_refused_with_its_line_and_column():
    with pytest.raises(UnreadableRegistryError, match=r"line 3, column 3: not JSON") as refused:
        load('{\n  "format": "diversion-registry/1"\n  "region": {}\n}')
    assert (refused.value.line, refused.value.column) == (3, 3)


def test_an_empty_text_is_refused_with_its_place():
    with pytest.raises(UnreadableRegistryError, match="line 1, column 1"):
        load("")


def test_a_list_is_refused_as_not_a_registry():
    with pytest.raises(UnreadableRegistryError, match="one JSON object"):
        load("[]")


def test_a_key_written_twice_is_refused_because_one_value_would_vanish():
    with pytest.raises(UnreadableRegistryError, match="'phone' stands twice"):
        load('{"phone": "+32 2 535 31 11", "phone": null}')


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_does_not_have_is_refused(number):
    with pytest.raises(UnreadableRegistryError, match=f"{number} is not a JSON number"):
        load(f'{{"lat": {number}}}')


def test_endless_nesting_is_refused_instead_of_crashing():
    with pytest.raises(UnreadableRegistryError, match="nested too deeply"):
        load('{"a": ' + "[" * 200_000)


def test_a_file_in_another_encoding_is_refused_with_the_remedy(tmp_path):
    path = tmp_path / "latin.json"
    path.write_bytes('{"name": "Hôpital"}'.encode("latin-1"))
    with pytest.raises(UnreadableRegistryError, match="byte 11 is not UTF-8; save the file as UTF-8"):
        load(path)


def test_half_a_character_is_refused_before_a_database_refuses_it():
    with pytest.raises(UnreadableRegistryError, match=r"\\ud83d is half of a character"):
        load('{"name": "\\ud83d"}')


def test_a_whole_character_written_as_two_escapes_is_read():
    assert load('{"name": "\\ud83d\\ude91"}') == {"name": "🚑"}


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "marked.json"
    path.write_bytes(b'\xef\xbb\xbf{"format": "x"}')
    assert load(path) == {"format": "x"}


def test_asking_for_a_region_that_does_not_ship_names_those_that_do():
    with pytest.raises(FileNotFoundError, match="there are: brussels, liege, namur"):
        shipped("ghent")
