"""What the demo's desk has behind it: filled from everywhere, unfilled, cancelled by everybody, reopened."""

from illservice.management.demo.play import Story
from illservice.management.demo.works import article, book, lent, other, step

FILLED: tuple[Story, ...] = (
    book("nora", 95, "Persuasion", "Austen, Jane", "1817", *lent("merrow"), step(28, "back"), step(28.1, "home"),
         step(34, "confirm")),
    book("priya", 80, "Northanger Abbey", "Austen, Jane", "1817", *lent("fenwick"), step(20, "back"),
         step(21, "home"), step(27, "confirm")),
    book("jonas", 75, "Irrungen, Wirrungen", "Fontane, Theodor", "1888", *lent("nordhafen"), step(25, "renew"),
         step(26, "renewed", 28), step(45, "back"), step(46, "home"), more={"language": "German"}),
    book("hannah", 85, "The Tenant of Wildfell Hall", "Brontë, Anne", "1848", *lent("westering", until="shelve"),
         step(18, "not_collected"), step(18.1, "home"), step(25, "confirm")),
    book("edwin", 100, "The Prairie", "Cooper, James Fenimore", "1827", *lent("merrow"), step(50, "lost"),
         step(62, "settle", "38.50")),
    article("priya", 60, "Chalk, slate and paper", "Fennimore, Clara", ("craft", "14", "1919", "11-20"),
            step(0.1, "plan", "calder"), step(0.1, "ask", "-19100233"), step(1, "deliver", 30), step(8, "finish")),
    article("lucia", 55, "Los molinos de la frontera", "Salvatierra, Inés", ("rivers", "7", "2018", "22-41"),
            step(0.1, "plan", "merrow"), step(0.1, "ask"), step(3, "deliver", 21)),
    article("walter", 50, "The ferry that would not sink", "Rook, Adelaide", ("rivers", "1", "2012", "1-8"),
            step(0.1, "plan", "staubyn"), step(0.1, "ask"), step(4, "receive"), step(4.1, "shelve"), step(6, "hand"),
            delivery="branch", branch="main"),
    article("hannah", 40, "Beeches after the storm", "Osterley, Piers", ("valley", "38", "2021", "60-71"),
            step(0.2, "supplied", "online")),
    article("nora", 45, "A kitchen garden of 1790", "Fennimore, Clara", ("craft", "3", "1908", "5-14"),
            step(0.2, "supplied", "own")),
    article("priya", 30, "Whooping cough at the mills", "Amberley, Ruth", ("health", "33", "2026", "1-18"),
            step(0.1, "hold", "copyright"), step(0.5, "clear", "copyright"),
            step(0.6, "supplied", "supplier", "42.00")),
    book("mabel", 65, "A Sicilian Romance", "Radcliffe, Ann", "1790", step(3, "supplied", "bought", "18.95")),
    book("nora", 70, "Mary Barton", "Gaskell, Elizabeth", "1848", step(0.1, "here"), step(1, "found_here"),
         step(1.1, "shelve"), step(2, "hand"), step(20, "back"), step(20.1, "reshelve")),
)  # fmt: skip

CLOSED_WITHOUT: tuple[Story, ...] = (
    book("mabel", 50, "The Absentee", "Edgeworth, Maria", "1812", step(0.1, "plan", "merrow", "westering"),
         step(0.1, "ask"), step(2, "no", "non-circulating"), step(5, "no", "not-held"), step(6, "unfilled")),
    other("jonas", 35, "thesis", "loan", {"title": "Brückenzölle am Oberlauf 1650–1720", "author": "Averdieck, Lotte",
          "publisher": "Universität Nordhafen", "date": "2004"}, step(0.1, "plan", "nordhafen"), step(0.1, "ask"),
          step(4, "no", "policy"), step(5, "unfilled", "not-lent")),
    book("nora", 33, "Cecilia", "Burney, Frances", "1782", step(0.3, "cancel")),
    book("hannah", 28, "Middlemarch, a study guide", "Anon.", "1902", step(0.3, "cancel", "course-book")),
    book("lucia", 26, "La Regenta", "Clas, Leopoldo", "1884", step(0.1, "plan", "fenwick"), step(0.1, "ask"),
         step(1, "ask_cancel"), step(2, "cancelled_there")),
    article("priya", 58, "Chalk, slate and paper", "Fennimore, Clara", ("craft", "14", "1919", "11-20"),
            step(0.2, "cancel", "duplicate")),
    book("priya", 21, "Belinda", "Edgeworth, Maria", "1801", step(0.1, "plan", "merrow"), step(0.1, "ask"),
         step(2, "no", "on-loan"), step(3, "unfilled"),
         step(12, "message", "The lender has its copy back. Do you still want it?"),
         step(13, "write", "Yes, please!"), step(14, "reopen", "The patron still wants it."),
         step(14, "plan", "merrow"), step(14.1, "ask")),
)  # fmt: skip

_LANTERN = (
    "Wicks and wax",
    "Magic lanterns in schools",
    "The lamplighters' strike",
    "On limelight",
    "Gas or oil?",
)
LANTERNS: tuple[Story, ...] = tuple(
    article("walter", 24 - place, title, "Rook, Adelaide",
            ("letters", "61", "2025", f"{place * 20 + 1}-{place * 20 + 9}"),
            step(0.1, "plan", "merrow"), step(0.1, "ask"), step(2, "deliver", 30), step(9, "finish"),
            more={"issue": str(place + 1)})
    for place, title in enumerate(_LANTERN)
)  # fmt: skip
"""Five recent copies from one journal: in the same year the sixth waits for copyright."""

CLOSED: tuple[Story, ...] = FILLED + CLOSED_WITHOUT + LANTERNS
