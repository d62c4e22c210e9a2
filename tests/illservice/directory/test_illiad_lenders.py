"""Coming from ILLiad: its address book completes what a library knows of its partners."""

from typing import Any

from illservice.core.models import AuditEntry
from illservice.directory.models import Library, Partnership, Symbol, SymbolScheme
from illservice.directory.services.illiad.lenders import LenderImporter
from illservice.directory.services.illiad.partners import Partners, known_partner
from illservice.directory.services.illiad.report import Report
from illservice.directory.services.illiad.transaction import PartnerCode
from tests.exports import read_rows
from tests.world import NOON, World


def address(code: str, number: int = 1, **more: object) -> dict[str, object]:
    """A line of the address book; `more` names other columns."""
    return {
        "LenderString": code,
        "AddressNumber": number,
        "LibraryName": "Quarry Hill College",
        "Address1": "Interlibrary Loan",
        "Address2": "4 Quarry Lane",
        "Address3": "",
        "City": "Hilltown",
        "State": "IL",
        "Zip": "60000",
        "Phone": "555 2",
        "EMailAddress": "ill@quarry.example",
        "BillingCategory": "Exempt",
        "ArielAddress": "10.0.0.1",
    } | more


def took(world: World, *rows: dict[str, object], **options: Any) -> Report:
    return read_rows(LenderImporter(world.north.library, at=NOON, **options), *rows)


def known(world: World, code: str) -> Partnership:
    return Partnership.objects.get(library=world.north.library, partner_id=known_partner(code))


def test_a_new_partner_gets_its_symbol_and_all_that_the_book_knows(world: World) -> None:
    dry = took(world, address("qzx"), dry_run=True)
    assert (dry.imported, known_partner("QZX")) == (1, None)
    report = took(world, address("qzx"))
    assert (report.imported, report.rejected) == (1, [])
    partnership = known(world, "QZX")
    assert (partnership.partner.name, partnership.system) == ("Quarry Hill College", "oclc")
    assert (partnership.email, partnership.phone, partnership.cost_note) == (
        "ill@quarry.example",
        "555 2",
        "Exempt",
    )
    expected = "Quarry Hill College\nInterlibrary Loan\n4 Quarry Lane\nHilltown IL 60000"
    assert partnership.return_address == expected
    symbol = partnership.partner.symbols.get()
    assert (symbol.scheme, symbol.value) == (SymbolScheme.OCLC, "QZX")
    assert AuditEntry.objects.filter(model=Partnership._meta.label, action="create").count() == 1
    again = took(world, address("QZX", Phone="555 9"))
    assert (again.present, again.imported, again.updated) == (1, 0, 0)
    assert known(world, "QZX").phone == "555 2"


def test_what_is_empty_is_completed_and_what_is_known_stays(world: World) -> None:
    Symbol.objects.create(library=world.eastlake, scheme=SymbolScheme.OCLC, value="EAS")
    report = took(world, address("EAS"))
    assert (report.updated, report.imported) == (1, 0)
    partnership = known(world, "EAS")
    assert (partnership.email, partnership.phone) == ("lend@eastlake.example", "555 2")
    assert partnership.partner.name == "Eastlake University"
    assert Partnership.objects.filter(library=world.south.library).count() == 0


def test_a_partner_of_an_earlier_import_gets_its_name(world: World) -> None:
    partners = Partners(world.north.library)
    code = PartnerCode("MDQQQQ", "docline")  # type: ignore[arg-type]
    partners.prepare([code], [])
    assert Library.objects.get(pk=partners.partner_id(code)).name == "MDQQQQ"
    report = took(world, address("MDQQQQ"))
    assert (report.updated, report.imported) == (1, 0)
    assert Library.objects.get(pk=partners.partner_id(code)).name == "Quarry Hill College"


def test_a_code_of_no_registry_is_found_by_later_transactions_of_any_system(world: World) -> None:
    took(world, address("NORTHHILL"))
    assert known(world, "NORTHHILL").system == "mail"
    partners = Partners(world.north.library)
    for system in ("oclc", "docline", "rapidill", "other"):
        code = PartnerCode("NORTHHILL", system)  # type: ignore[arg-type]
        partners.prepare([code], [])
        assert partners.partner_id(code) == known_partner("NORTHHILL")


def test_several_addresses_of_a_symbol_are_kept_wherever_they_stand(world: World) -> None:
    rows = (
        address("QZX", 3, LibraryName="Quarry Law Library", Phone="", EMailAddress=""),
        address("ABC", LibraryName="Another", EMailAddress="not an address"),
        address("QZX", 1),
    )
    report = took(world, *rows)
    assert (report.imported, dict(report.warnings)) == (3, {"other_address": 1, "wrong_email": 1})
    partnership = known(world, "QZX")
    assert partnership.partner.name == "Quarry Hill College"
    assert (
        partnership.note == "QZX 3: Quarry Law Library, Interlibrary Loan, 4 Quarry Lane, Hilltown IL 60000"
    )
    assert known(world, "ABC").email == ""
    assert took(world, *rows).present == 3
    assert known(world, "QZX").note == partnership.note


def test_our_own_symbol_and_lines_without_one_make_no_partner(world: World) -> None:
    Symbol.objects.create(library=world.north.library, scheme=SymbolScheme.OCLC, value="NFX")
    before = Partnership.objects.count()
    report = took(world, address("NFX"), address(" - "))
    assert [(each.line, each.code) for each in report.rejected] == [(3, "symbol_missing")]
    assert (report.present, report.warnings["own_symbol"], Partnership.objects.count()) == (1, 1, before)
    strange = took(world, {"Name": "a"})
    assert [each.code for each in strange.rejected] == ["no_export"]
