"""Why a value is not shown, in words for screens: the code travels with the value, the words with the code."""

from __future__ import annotations

from maillage.text import Text

# What the column ``suppression`` of an observation says.
PRIMARY, SECONDARY, WITHHELD, PRODUCER = "A", "D", "W", "P"

SUPPRESSION: dict[str, Text] = {
    PRIMARY: Text(
        fr="Secret statistique : trop peu de personnes, toutes dans la même situation, ou un montant dû pour "
        "l’essentiel à une seule.",
        en="Statistical confidentiality: too few people, all in the same situation, or an amount owed mostly to one "
        "of them.",
    ),
    SECONDARY: Text(
        fr="Secret statistique secondaire : publier cette valeur permettrait d’en retrouver une autre, protégée, par "
        "différence.",
        en="Secondary confidentiality: publishing this value would let another, protected one be recovered by "
        "difference.",
    ),
    WITHHELD: Text(
        fr="Valeur retenue : rien n’est publié à cet échelon, ou sa protection n’a pas pu être vérifiée.",
        en="Withheld: nothing is published at this level, or its protection could not be verified.",
    ),
    PRODUCER: Text(
        fr="Secret statistique, appliqué par le producteur de la donnée.",
        en="Statistical confidentiality, applied by the producer of the figure.",
    ),
}

DRAWN_HIDDEN = Text(
    fr="Ce territoire ne peut pas être calculé : il faudrait {hidden} commune(s) dont la valeur n’est pas publiée.",
    en="This territory cannot be computed: it would need {hidden} commune(s) whose value is not published.",
)
DRAWN_NOTHING = Text(
    fr="Aucune valeur n’est publiée pour cet indicateur et cette période.",
    en="No value is published for this indicator and period.",
)
