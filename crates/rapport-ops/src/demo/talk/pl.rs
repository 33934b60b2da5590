//! Polish.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "pl",
    jobs: &[
        ("Dział zakupów", "Zakupy"),
        ("Kierownictwo laboratorium", "Laboratorium"),
        ("Dyrekcja", "Zarząd"),
        ("Dział jakości", "Jakość"),
        ("Inżynieria kliniczna", "Dział techniczny"),
        ("Księgowość", "Finanse"),
    ],
    lines: &[
        (
            Call,
            "Pierwsza rozmowa o {p}",
            "{c} zna nas z targów. Mają {n} starszych mikroskopów i szukają jednego źródła światła.",
            "Zainteresowanie, prośba o cenę",
        ),
        (
            Call,
            "Budżet na ten rok",
            "Według {c} budżet jest zatwierdzony, ale zakupy potrzebują trzech ofert.",
            "Budżet potwierdzony",
        ),
        (Call, "Brak kontaktu: {c}", "Zostawiona wiadomość w sekretariacie. Najlepiej między dziewiątą a dziesiątą.", ""),
        (Email, "Wysłane karty katalogowe", "Karty {p} i dwie referencje.", ""),
        (Email, "Pytania przetargowe", "{n} pytań do specyfikacji. Odpowiedź do piątku.", ""),
        (
            Meeting,
            "Prezentacja online {p}",
            "Pokazana nakładka na żywo i szablon raportu. Otwarte: gdzie są przechowywane obrazy?",
            "Pozytywnie",
        ),
        (
            Visit,
            "Wizyta: {t}",
            "Obejście laboratorium, obecna osoba: {c}. Małe pomieszczenie, latem gorąco. Stół 180 × 75 cm.",
            "Pomiary wykonane",
        ),
        (Quote, "Oferta na {n} × {p}", "Rabat ilościowy, trzy lata serwisu jako opcja.", "Wysłana"),
    ],
    sold: &[
        (Visit, "Instalacja {p}", "Zamontowane i wyregulowane z serwisem. Protokół podpisany.", "Przekazane"),
        (Order, "Zamówienie otrzymane", "{n} × {p}, ze starym adresem dostawy. Wyjaśnione telefonicznie.", "Potwierdzone"),
        (
            Support,
            "Stolik dryfuje",
            "Około 2 µm w pierwszej godzinie. Prawdopodobnie klimatyzacja nad stołem.",
            "Czekamy na pomiary",
        ),
    ],
    plans: &[
        (Visit, "Prezentacja {p}: {t}", "Zabrać walizkę pokazową i dwa preparaty.", ""),
        (Call, "Zapytać o decyzję", "Komisja zbiera się dzień wcześniej.", ""),
    ],
    steps: &[
        "Wysłać poprawioną ofertę",
        "Zadzwonić w sprawie serwisu",
        "Potwierdzić termin dostawy",
        "Odpowiedzieć na pytania przetargowe",
        "Przypomnieć o zamówieniu",
    ],
    notes: &[
        "Kupuje w ramach umowy ramowej do końca przyszłego roku.",
        "Faktura musi zawierać numer zamówienia.",
        "Dostawy tylko rano.",
        "Stały klient, oczekuje odpowiedzi tego samego dnia.",
        "Płaci późno, ale płaci.",
    ],
    people: &["Najlepiej rano.", "Woli pocztę elektroniczną."],
    reasons: &["Laboratorium zamknięte", "Wybór konkurencji", "Brak budżetu"],
};
