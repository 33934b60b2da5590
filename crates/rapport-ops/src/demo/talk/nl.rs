//! Dutch.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "nl",
    jobs: &[
        ("Hoofd inkoop", "Inkoop"),
        ("Hoofd laboratorium", "Laboratorium"),
        ("Directie", "Directie"),
        ("Kwaliteitsmanager", "Kwaliteit"),
        ("Klinisch technicus", "Techniek"),
        ("Projectleider", "Onderzoek"),
        ("Administratie", "Financiën"),
    ],
    lines: &[
        (
            Call,
            "Eerste gesprek over {p}",
            "{c} kent ons van de beurs. Ze hebben {n} oudere microscopen en zoeken één lichtbron.",
            "Belangstelling, wil prijzen",
        ),
        (Call, "Budget voor dit jaar", "Volgens {c} is het budget rond, maar inkoop wil drie offertes.", "Budget bevestigd"),
        (Call, "{c} niet bereikt", "Bericht achtergelaten bij de receptie. Het best tussen negen en tien.", ""),
        (Email, "Documentatie gestuurd", "Gegevens van {p} en twee referenties uit {t}.", ""),
        (Email, "Vraag om korting", "{c} vraagt {n} % bij betaling binnen 10 dagen.", ""),
        (
            Meeting,
            "Onlinedemo van {p}",
            "Live overlay en rapportsjabloon getoond. Open vraag: waar staan de beelden?",
            "Positief",
        ),
        (
            Visit,
            "Bezoek in {t}",
            "Rondgang door het lab met {c}. Kleine ruimte, warm in de zomer. Tafel van 180 bij 75 cm.",
            "Opgemeten",
        ),
        (Quote, "Offerte voor {n} × {p}", "Met staffelkorting en drie jaar service als optie.", "Verstuurd"),
    ],
    sold: &[
        (Visit, "Installatie van {p}", "Geplaatst en uitgelijnd met service. {c} tekende de overdracht.", "Overgedragen"),
        (Order, "Bestelling ontvangen", "{n} × {p}, met het oude afleveradres. Met {c} telefonisch opgelost.", "Bevestigd"),
        (
            Support,
            "Tafel verloopt",
            "Ongeveer 2 µm in het eerste uur. Waarschijnlijk de airco boven de tafel.",
            "Wacht op meetgegevens",
        ),
    ],
    plans: &[
        (Visit, "Demonstratie van {p} in {t}", "Demokoffer en twee preparaten meenemen.", ""),
        (Call, "Bellen na de proefweek", "Vragen naar de bevindingen.", ""),
    ],
    steps: &[
        "Herziene offerte sturen",
        "Bellen over servicecontract",
        "Levertijd bevestigen",
        "Bestelling navragen",
        "Bellen na de proefweek",
    ],
    notes: &[
        "Koopt via een raamcontract tot eind volgend jaar.",
        "Factuur moet een inkoopnummer dragen.",
        "Levering alleen in de ochtend.",
        "Trouwe klant, verwacht dezelfde dag antwoord.",
        "Betaalt laat, maar betaalt.",
    ],
    people: &["Liefst ’s ochtends bellen.", "Mailt liever."],
    reasons: &["Laboratorium gesloten", "Naar de concurrent", "Geen budget"],
};
