"""What is going on at the demo's desk today: every state, every kind of hold and question, and most marks."""

from decimal import Decimal

from illservice.management.demo.play import Story
from illservice.management.demo.works import article, book, lent, other, step

TODAY = 1000
"""Days after the submission that are cut down to a few minutes ago."""

REVIEW: tuple[Story, ...] = (
    book("theo", 0.3, "Walden; or, Life in the Woods", "Thoreau, Henry David", "1854", need_in=20),
    book("grace", 1, "The Portrait of a Lady", "James, Henry", "1881"),
    book("silas", 2, "Around the World in Eighty Days", "Verne, Jules", "1873"),
    article("ingrid", 3, "Otters of the lower mill race", "Pike, Barnaby", ("rivers", "8", "2019", "12-31")),
    article("ingrid", 2, "Ferries and their keepers", "Rook, Adelaide", ("rivers", "9", "2020", "101-118")),
    article("ingrid", 1, "A census of herons", "Pike, Barnaby", ("rivers", "10", "2021", "44-59")),
    book("nora", 3, "Middlemarch", "Eliot, George", "1871"),
    book("nora", 1, "Middlemarch", "Eliot, George", "1871"),
    other("hannah", 1, "article", "copy", {"article_title": "", "title": "Annals of Domestic Craft", "date": "2018"},
          cited_in="a footnote in a book about quilts"),
    book("priya", 2, "Frankenstein; or, The Modern Prometheus", "Shelley, Mary", "1818",
         step(0.1, "hold", "owned"), step(0.1, "note", "The catalogue shows a copy at Riverside, perhaps missing.")),
    article("priya", 1, "Sleep and the night shift", "Amberley, Ruth", ("health", "31", "2024", "201-215"),
            step(0.1, "hold", "copyright")),
    article("walter", 1, "Lanterns on the quay", "Rook, Adelaide", ("letters", "61", "2025", "140-151"),
            more={"issue": "6"}),
    article("lucia", 5, "Fiebre y memoria en los pueblos del río", "Salvatierra, Inés", ("health", "28", "2021", "77"),
            step(0.2, "ask_patron", "Which of the two parts of this article do you need? Part 1 is on pages 77–90.")),
    article("jonas", 11, "Ein Sommer im Moor", "Averdieck, Lotte", ("valley", "15", "2012", "3-19"),
            step(0.2, "ask_patron", "The volume you gave does not exist. Where did you find this article?")),
    article("jonas", 4, "Mühlen am Oberlauf", "Averdieck, Lotte", ("rivers", "4", "2015", "61-80"),
            step(0.1, "ask_patron", "Is a copy of the pages enough, or do you need the whole issue?"),
            step(1.2, "write", "The pages are enough, thank you.")),
)  # fmt: skip

SENDING: tuple[Story, ...] = (
    book("jonas", 0.2, "Effi Briest", "Fontane, Theodor", "1895", more={"language": "German"}, branch="north"),
    book("nora", 1, "The Moonstone", "Collins, Wilkie", "1868", step(0.1, "rush"), need_in=6),
    book("lucia", 0.5, "Niebla", "Unamuno, Miguel de", "1914", more={"language": "Spanish"}, branch="river"),
    book("mabel", 6, "Kristin Lavransdatter", "Undset, Sigrid", "1920",
         step(0.1, "plan", "merrow", "westering"), step(0.1, "ask"), step(1, "no", "on-loan"),
         step(3, "no", "not-on-shelf")),
    book("walter", 9, "The Compleat Angler", "Walton, Izaak", "1653", step(0.2, "plan", "fenwick"), need_in=7),
    article("nora", 1, "Bread ovens of the upper valley", "Fennimore, Clara", ("craft", "6", "1911", "88-97"),
            step(0.1, "here")),
    other("hannah", 0.4, "score", "loan", {"title": "Nocturnes for the piano", "author": "Field, John"}),
)  # fmt: skip

LENDERS: tuple[Story, ...] = (
    book("nora", 2, "The House of the Seven Gables", "Hawthorne, Nathaniel", "1851",
         step(0.1, "plan", "fenwick", "merrow"), step(0.1, "ask", "218834410")),
    book("priya", 8, "The Tale of Genji", "Murasaki Shikibu", "1008",
         step(0.1, "plan", "westering", "merrow"), step(0.1, "ask")),
    article("hannah", 1, "Hornbeam hedges, planted and wild", "Osterley, Piers", ("valley", "40", "2023", "5-27"),
            step(0.1, "plan", "calder"), step(0.1, "ask", "-19204471")),
    article("priya", 2, "Measles in the schoolhouse", "Amberley, Ruth", ("health", "12", "1998", "310-322"),
            step(0.1, "plan", "staubyn"), step(0.2, "ask", "47110382")),
    book("jonas", 4, "Der Stechlin", "Fontane, Theodor", "1898", step(0.1, "plan", "nordhafen", "merrow"),
         step(0.1, "ask"), step(2, "terms", "LibraryUseOnly", "8.00"), more={"language": "German"}, branch="north"),
    book("mabel", 5, "Villette", "Brontë, Charlotte", "1853", step(0.1, "plan", "merrow"), step(0.1, "ask"),
         step(2, "terms", "", "15.00"), max_cost=Decimal("10.00")),
    book("nora", 3, "The Woman in White", "Collins, Wilkie", "1859", step(0.1, "plan", "holloway"), step(0.2, "ask"),
         step(2, "ask_cancel")),
    book("hannah", 3, "Melmoth the Wanderer", "Maturin, Charles", "1820", step(0.1, "plan", "merrow", "fenwick"),
         step(0.1, "ask"), step(1, "retry", 12)),
    book("hannah", 2, "Jude the Obscure", "Hardy, Thomas", "1895", step(0.1, "plan", "merrow"), step(0.1, "ask"),
         step(1, "will")),
    book("priya", 14, "Vathek", "Beckford, William", "1786", step(0.1, "plan", "westering"), step(0.1, "ask"),
         step(2, "terms", "NoReproduction"), step(2.2, "accept")),
)  # fmt: skip

COMING: tuple[Story, ...] = (
    book("nora", 6, "Cranford", "Gaskell, Elizabeth", "1853", *lent("merrow", until="ship")),
    book("lucia", 5, "Fortunata y Jacinta", "Pérez Galdós, Benito", "1887", *lent("fenwick", until="ship"),
         branch="river", more={"language": "Spanish"}),
    book("priya", 24, "The Monk", "Lewis, Matthew", "1796", *lent("westering", until="ship"), step(19, "claim")),
    book("jonas", 21, "Nachsommer", "Stifter, Adalbert", "1857", *lent("nordhafen", until="ship"),
         more={"language": "German"}, branch="north"),
    book("hannah", 8, "Silas Marner", "Eliot, George", "1861", *lent("merrow", until="receive")),
    book("mabel", 9, "The Egoist", "Meredith, George", "1879", *lent("holloway", until="ship"),
         step(4, "note", "They phoned: it left on Tuesday."), step(8, "receive"),
         step(8.1, "note", "The patron asked by phone whether it is large print.")),
    book("nora", 9, "Sylvia's Lovers", "Gaskell, Elizabeth", "1863", *lent("merrow", until="ship"),
         step(4, "not_wanted"), step(8, "receive")),
    article("walter", 5, "Weather signs of the old ferrymen", "Rook, Adelaide", ("rivers", "2", "2013", "9-22"),
            step(0.1, "plan", "merrow"), step(0.1, "ask"), step(4, "receive"), delivery="branch", branch="main"),
    other("nora", 10, "recording", "loan", {"title": "Songs of the mill children", "author": "Harrow Choir",
          "edition": "four discs"}, *lent("westering", until="ship"), step(8, "receive_parts", 3, 4)),
    book("jonas", 9, "Peter Schlemihls wundersame Geschichte", "Chamisso, Adelbert von", "1814",
         *lent("nordhafen", until="receive"), step(7.2, "branch"), branch="north"),
    book("edwin", 9, "The Pathfinder", "Cooper, James Fenimore", "1840", *lent("merrow", until="receive"),
         step(7.2, "branch"), step(TODAY, "message", "It will be at North Branch tomorrow."), branch="north"),
)  # fmt: skip

HERE: tuple[Story, ...] = (
    book("nora", 10, "North and South", "Gaskell, Elizabeth", "1854", *lent("merrow", until="shelve")),
    book("walter", 10, "Two Years Before the Mast", "Dana, Richard Henry", "1840", *lent("fenwick", until="receive"),
         step(7.2, "branch"), step(8.2, "at_branch"), step(8.3, "shelve"), branch="north"),
    book("hannah", 22, "Agnes Grey", "Brontë, Anne", "1847", *lent("westering", until="shelve")),
    book("mabel", 11, "Evelina", "Burney, Frances", "1778", *lent("merrow", until="receive"), step(7, "post"),
         delivery="home"),
    article("priya", 4, "The schoolroom stove", "Fennimore, Clara", ("craft", "12", "1917", "40-46"),
            step(0.1, "plan", "calder"), step(0.1, "ask", "-19201107"), step(1.5, "deliver")),
    article("lucia", 6, "Canciones de cuna del valle", "Salvatierra, Inés", ("letters", "77", "2009", "115-140"),
            step(0.1, "plan", "merrow"), step(0.1, "ask"), step(2, "deliver"), step(3, "resend")),
    other("priya", 7, "chapter", "copy", {"article_title": "On keeping a common-place book",
          "title": "The Useful Household", "author": "Larkspur, Edith", "date": "1874", "pages": "201-219"},
          step(0.1, "plan", "staubyn"), step(0.1, "ask", "47110201"), step(3, "deliver")),
    book("nora", 20, "Adam Bede", "Eliot, George", "1859", *lent("merrow")),
    book("jonas", 25, "Soll und Haben", "Freytag, Gustav", "1855", *lent("nordhafen"), step(22, "renew"),
         more={"language": "German"}),
    book("hannah", 46, "The Mill on the Floss", "Eliot, George", "1860", *lent("westering")),
    book("priya", 23, "Udolpho, a romance", "Radcliffe, Ann", "1794", *lent("fenwick"), step(20, "recall", 6)),
    book("nora", 44, "Wives and Daughters", "Gaskell, Elizabeth", "1864", *lent("merrow"), step(42, "claim_returned")),
    book("priya", 30, "The Castle of Otranto", "Walpole, Horace", "1764", *lent("merrow"), step(20, "renew"),
         step(22, "renewed", 30)),
)  # fmt: skip

BACK: tuple[Story, ...] = (
    book("walter", 32, "The Deerslayer", "Cooper, James Fenimore", "1841", *lent("merrow", until="receive"),
         step(7.2, "branch"), step(8.2, "at_branch"), step(8.3, "shelve"), step(9, "hand"), step(30.2, "back"),
         branch="north"),
    book("nora", 28, "Shirley", "Brontë, Charlotte", "1849", *lent("westering"), step(27, "back")),
    book("mabel", 35, "The Warden", "Trollope, Anthony", "1855", *lent("merrow"), step(30, "back"), step(31, "home")),
    book("hannah", 40, "Barchester Towers", "Trollope, Anthony", "1857", *lent("fenwick"), step(33, "back"),
         step(33.1, "home")),
    book("edwin", 70, "The Last of the Mohicans", "Cooper, James Fenimore", "1826", *lent("westering"),
         step(55, "lost"), step(55, "note", "Left on a train. The lender asks 45.00 USD or another copy.")),
    book("nora", 26, "Ruth", "Gaskell, Elizabeth", "1853", step(0.1, "plan", "westering", "merrow"), step(0.1, "ask"),
         step(3, "move_on"), step(4, "will"), step(5, "ship"), step(12, "receive"), step(12, "shelve"),
         step(13, "hand"), step(15, "receive_second", "westering")),
)  # fmt: skip

OPEN: tuple[Story, ...] = REVIEW + SENDING + LENDERS + COMING + HERE + BACK
