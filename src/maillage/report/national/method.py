"""How the document was made, in words that anybody can check."""

from __future__ import annotations

from maillage.report.document import Bullets, Day, Paragraph, Section, Sentence, say
from maillage.report.national.book import Book
from maillage.text import Text

TITLE = Text("Méthode", "Method")
WORDS = say(
    "« Constaté » : compté ou payé, dans un registre ou des comptes. « Estimé » : évalué par la source"
    " elle-même. « Hypothèse » : retenu par la source sans calcul. « Rapporté » : lu dans la presse ou sur"
    " une page publique, sans le document d’origine.",
    "“Observed”: counted or paid, in a register or in accounts. “Estimated”: evaluated by the source itself."
    " “Assumption”: taken by the source without a derivation. “Reported”: read in the press or on a public"
    " page, without the document it comes from.",
)
ACRONYMS = say(
    "Sigles. ACI : accord conventionnel interprofessionnel. ARS : agence régionale de santé. Asalée : association"
    " d’infirmiers qui suivent des patients avec le généraliste. CAIM, COSCOM, COTRAM, CSTM : contrats"
    " d’installation ou de maintien des médecins en zone sous-dense. CESP : contrat d’engagement de service public."
    " Cnam : caisse nationale de l’assurance maladie. CPTS : communauté professionnelle territoriale de santé. DGOS"
    " : direction du ministère chargée de l’offre de soins. ESP : équipe de soins primaires. FIR : fonds"
    " d’intervention régional. IPA : infirmier en pratique avancée. MSP : maison de santé pluriprofessionnelle. SAS"
    " : service d’accès aux soins.",
    "Acronyms. ACI: agreement between professions. ARS: regional health agency. Asalée: association of nurses who"
    " follow patients with the GP. CAIM, COSCOM, COTRAM, CSTM: contracts of doctors to settle or stay in under-dense"
    " zones. CESP: contract of public service. Cnam: national health insurance fund. CPTS: community of health"
    " professionals of a territory. DGOS: directorate of the ministry in charge of care. ESP: primary care team."
    " FIR: regional fund of intervention. IPA: advanced practice nurse. MSP: health centre of self-employed"
    " professionals. SAS: access-to-care service.",
)


def method(book: Book, more: tuple[Sentence, ...] = ()) -> Section:
    """The section on method; ``more`` is what a store adds."""
    items = [
        say(
            "Ce document ne retient que ce qui était public au {day} : un chiffre publié plus tard n’y figure pas,"
            " même s’il porte sur une date antérieure.",
            "This document keeps only what was public on {day}: a figure published later is not in it, even where it"
            " is about an earlier date.",
            day=Day(book.day),
        ),
        say(
            "Chaque chiffre porte un numéro. Sans lettre, il renvoie à la liste des chiffres cités : document, page,"
            " date, fiabilité. Précédé de « c », il renvoie à la liste des calculs, où l’opération est écrite.",
            "Each figure bears a number. Without a letter, it points to the list of the figures cited: document,"
            " page, date, reliability. After a “c”, it points to the list of computations, where the operation is"
            " written.",
        ),
        WORDS,
        say(
            "Les sources ne donnent d’intervalle d’incertitude pour aucun de ces chiffres nationaux ; leur fiabilité"
            " en tient lieu.",
            "The sources give no interval of uncertainty for any of these national figures; their reliability stands"
            " for it.",
        ),
        say(
            "« Projection du barème » : l’aide de chaque contrat est comptée au jour près, selon son ancienneté. «"
            " Rythme des décomptes » : moyenne entre le premier et le dernier ; l’intervalle tient compte de leur"
            " irrégularité.",
            "“Projection of the schedule”: the aid of each contract is counted to the day, by its age. “Pace of the"
            " counts”: the mean between the first and the last; the interval allows for their unevenness.",
        ),
        *more,
    ]
    return Section(id="method", title=TITLE, blocks=(Bullets(tuple(items)), Paragraph(ACRONYMS, "note")))
