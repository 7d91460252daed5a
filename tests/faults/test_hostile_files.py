"""A hostile or damaged file gives one clear sentence or a quarantine, never a traceback, and nothing is lost."""

import io
import json
import struct
import zipfile
import zlib

import polars as pl
import pytest
import xlsxwriter

from maillage.errors import MaillageError, TooManyBadRowsError, UnreadableFileError
from maillage.sources.head import read_head
from maillage.sources.registry import read_file, read_folder

SHEET = "xl/worksheets/sheet1.xml"
ZONES = "code_insee,Nom_commune,cp,Zonage,Zonage_RR\n"
BPE = "code_commune,typequ_bpe2024,nombre,libelle\n"
HEADER = ("Code commune", "Libellé de la commune", "Population totale", "APL 2021 aux sages-femmes")


def zones(rows=60):
    return ZONES + "".join(f"01{i:03d},Commune {i},01400,1_ZIP,NC\n" for i in range(1, rows + 1))


def workbook(path, rows=60, formulas=()):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for i in range(1, rows + 1):
            sheet.write_row(i, 0, (f"01{i:03d}", f"Commune {i}", 100 + i, 12.5))
        for cell, formula, value in formulas:
            sheet.write_formula(cell, formula, None, value)
    return path


def with_part(path, name, content):
    """The workbook with one part replaced."""
    with zipfile.ZipFile(path) as old:
        parts = {n: old.read(n) for n in old.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in parts.items():
            new.writestr(part, data)


def one_sentence(problem):
    said = str(problem.value)
    assert "Traceback" not in said
    assert "\n" not in said
    return said


def attempt(path):
    """What reading gave, and the sentence that refused it."""
    try:
        return nothing_lost(read_file(path)), ""
    except MaillageError as problem:
        return None, str(problem)


def nothing_lost(read):
    assert read.rows_in == read.rows.height + read.rows_quarantined
    assert read.lines.len() == read.rows.height
    assert read.rows_quarantined == read.quarantine["line"].n_unique()
    return read


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_workbook(tmp_path, share):
    path = workbook(tmp_path / "APL_mg_2021.xlsx")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnreadableFileError) as problem:
        read_file(path)
    said = one_sentence(problem)
    assert said.startswith("APL_mg_2021.xlsx: ")
    assert "expected" in said


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
def test_a_workbook_with_a_flipped_byte(tmp_path, at):
    path = workbook(tmp_path / "a.xlsx")
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 0xFF
    path.write_bytes(data)
    _, refused = attempt(path)
    assert refused.startswith("a.xlsx: ")


def test_a_workbook_whose_sheet_is_not_xml(tmp_path):
    path = workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read(SHEET)
    with_part(path, SHEET, sheet[: len(sheet) // 2] + b"<<<& \xff")
    _, refused = attempt(path)
    assert refused.startswith("a.xlsx: ")


def deflated_zeros(total):
    """A raw deflate stream of ``total`` zeros, made by repeating one block."""
    block = 16 << 20
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = press.compress(bytes(block)) + press.flush(zlib.Z_FULL_FLUSH)
    return first * (total // block) + press.flush(zlib.Z_FINISH)


def bomb(path, declared):
    """A workbook whose sheet inflates to 2 GiB of zeros and declares ``declared`` bytes."""
    packed, name = deflated_zeros(2 << 30), SHEET.encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
        directory = path.read_bytes()[start:]
    sizes = struct.pack("<3I", 0, len(packed), declared)
    local = b"PK\x03\x04" + struct.pack("<5H", 20, 0, 8, 0, 33) + sizes + struct.pack("<2H", len(name), 0) + name
    entry = b"PK\x01\x02" + struct.pack("<6H", 20, 20, 0, 8, 0, 33) + sizes
    entry += struct.pack("<5H2I", len(name), 0, 0, 0, 0, 0, start) + name
    kept = directory[: directory.index(b"PK\x05\x06")]
    size, at = len(kept) + len(entry), start + len(local) + len(packed)
    end = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 2, 2, size, at, 0)
    path.write_bytes(path.read_bytes()[:start] + local + packed + kept + entry + end)
    return path


@pytest.mark.parametrize("declared", [2 << 30, 100], ids=["honest", "lying"])
def test_two_gibibytes_of_zeros_in_a_zip_are_refused_without_inflating_them(tmp_path, declared):
    path = bomb(tmp_path / "bomb.xlsx", declared)
    assert path.stat().st_size < 4 << 20
    with pytest.raises(UnreadableFileError) as problem:
        read_file(path)
    assert one_sentence(problem).startswith("bomb.xlsx: ")


def test_a_formula_without_its_result_is_put_aside_and_one_with_it_is_read(tmp_path):
    formulas = [("D2", "=C2/10", ""), ("D3", "=C3/10", 10.2), ("A4", '="01"&"003"', "")]
    read = nothing_lost(read_file(workbook(tmp_path / "a.xlsx", formulas=formulas)))
    assert read.quarantine["line"].to_list() == [2, 4]
    assert read.quarantine["found"][0] == "=C2/10"
    assert "formula" in read.quarantine["reason"][0]
    assert read.rows.filter(pl.col("code_commune") == "01002")["apl"].item() == 10.2


def test_a_text_that_claims_to_be_a_workbook_is_read_for_what_it_is(tmp_path):
    path = tmp_path / "APL_mg_2021.xlsx"
    path.write_text(zones(), "utf-8")
    assert read_file(path).source.id == "ars_zonage"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_every_usual_encoding_gives_the_same_names(tmp_path, encoding):
    path = tmp_path / "z.csv"
    path.write_bytes((ZONES + "01001,Œuilly-l'Évêque,01400,1_ZIP,NC\n".replace("Œ", "É")).encode(encoding))
    assert read_file(path).rows["name"].to_list() == ["Éuilly-l'Évêque"]


def test_utf16_without_its_mark_is_binary(tmp_path):
    path = tmp_path / "z.csv"
    path.write_bytes(zones().encode("utf-16-le"))
    with pytest.raises(UnreadableFileError, match="binary"):
        read_file(path)


def test_a_utf8_file_with_one_wrong_byte_names_its_line(tmp_path):
    path = tmp_path / "z.csv"
    path.write_bytes((zones(30) + "01100,Éloise,01200,1_ZIP,NC\n").encode() + b"01101,\xc9pagny,01200,1_ZIP,NC\n")
    with pytest.raises(UnreadableFileError, match="0xc9 on line 33"):
        read_file(path)


def test_repeated_rows_are_kept_once_and_contradictions_put_aside(tmp_path):
    path = tmp_path / "z.csv"
    path.write_text(zones(100) + "01001,Commune 1,01400,1_ZIP,NC\n01002,Commune 2,01400,2_ZAC,NC\n", "utf-8")
    read = nothing_lost(read_file(path))
    assert read.quarantine["line"].to_list() == [3, 102, 103]
    assert "01001" in read.rows["code_commune"]
    assert "01002" not in read.rows["code_commune"]


def test_negative_counts_and_codes_of_an_unknown_form_are_put_aside(tmp_path):
    path = tmp_path / "b.csv"
    good = "".join(f"01{i:03d},D265,2,x\n" for i in range(100))
    path.write_text(BPE + good + "01200,D265,-3,x\nABCDE,D265,3,x\n01201,D265,many,x\n", "utf-8")
    read = nothing_lost(read_file(path))
    assert read.quarantine.select("line", "field", "found").rows() == [
        (102, "headcount", "-3"),
        (103, "code_commune", "ABCDE"),
        (104, "headcount", "many"),
    ]


def test_past_five_bad_rows_in_a_hundred_the_import_fails(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text(BPE + "01002,D265,-1,x\n01003,D265,1,x\n", "utf-8")
    with pytest.raises(TooManyBadRowsError) as problem:
        read_file(path)
    assert "1 of 2 rows" in one_sentence(problem)


def test_lines_of_the_wrong_length_are_put_aside_with_their_number(tmp_path):
    path = tmp_path / "z.csv"
    lines = zones(100).splitlines()
    lines[50] += ",one too many"
    lines[60] = "01059,cut"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    read = nothing_lost(read_file(path))
    assert read.quarantine["line"].to_list() == [51, 61]
    assert "5 cells was expected, found 6" in read.quarantine["reason"][0]


def test_a_damaged_line_of_a_wide_table_puts_aside_all_its_values(tmp_path):
    path = tmp_path / "a.csv"
    good = "".join(f"01{i:03d},2022,1.8,1.8,118,46,23,36,720,796,382,826\n" for i in range(100))
    header = (
        "code_commune,annee,apl_mg,apl_mg_65ans,apl_inf,apl_mk,apl_sf,apl_cd,popstd_inf,popstd_mk,popstd_sf,popstd_cd\n"
    )
    path.write_text(header + good + "01200,2022,1.8\n", "utf-8")
    read = read_file(path)
    assert read.rows_in == 606
    assert read.rows.height == 600
    assert read.quarantine["line"].unique().to_list() == [102]
    assert "apl_cd" in " ".join(read.quarantine["field"])


def test_names_that_a_spreadsheet_would_run_are_kept_as_they_are(tmp_path):
    path = tmp_path / "z.csv"
    names = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"]
    path.write_text(ZONES + "".join(f"0100{i},{n},01400,1_ZIP,NC\n" for i, n in enumerate(names)), "utf-8")
    assert nothing_lost(read_file(path)).rows["name"].to_list() == names


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 bytes"),
        (bytes(range(256)) * 40, "binary data"),
        (b"\x00" * 5000, "binary data"),
        (ZONES.encode(), "found none"),
        (ZONES.encode().rstrip(), "found none"),
        (b"a" * 3_000_000, "known source"),
        (b"\n\n\n", "known source"),
        (b'"unclosed', "known source"),
        (b"{", "known source"),
        (b"PK\x03\x04", "workbook"),
        (b"ARROW1\x00\x00garbage", "Arrow"),
        (b"PAR1garbage", "Parquet"),
        (b"\xfd7zXZ\x00garbage-garbage", "LZMA"),
        (b"\x03\x5f\x07\x1a" + b"\xff" * 100, "binary data"),
    ],
    ids=lambda value: value[:12].hex() if isinstance(value, bytes) else None,
)
def test_what_is_not_a_table_gets_one_sentence(tmp_path, content, said):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as problem:
        read_file(path)
    assert said in one_sentence(problem)
    assert one_sentence(problem).startswith("x.csv: ")
    assert len(one_sentence(problem)) < 600


def test_a_folder_in_the_place_of_a_file_and_nothing_at_all(tmp_path):
    with pytest.raises(UnreadableFileError, match="found a folder"):
        read_file(tmp_path)
    with pytest.raises(UnreadableFileError, match="found nothing"):
        read_file(tmp_path / "absent.csv")
    with pytest.raises(UnreadableFileError, match="folder"):
        read_folder(tmp_path / "absent")


def test_an_unclosed_quote_names_the_line_where_it_opens(tmp_path):
    path = tmp_path / "z.csv"
    path.write_text(zones(10) + '01100,"Éloise,01200,1_ZIP,NC\n' + "01101,X,01200,1_ZIP,NC\n" * 3, "utf-8")
    with pytest.raises(UnreadableFileError, match=r"line 12.*quote"):
        read_file(path)


def test_a_huge_line_inside_a_good_file(tmp_path):
    path = tmp_path / "z.csv"
    path.write_text(zones(100) + f"01200,{'x' * 1_000_000},01200,1_ZIP,NC\n", "utf-8")
    read = nothing_lost(read_file(path))
    assert read.rows_in == 101
    quoted = tmp_path / "q.csv"
    quoted.write_text(zones(100) + f'01200,"{"x" * 1_000_000}",01200,1_ZIP,NC\n', "utf-8")
    with pytest.raises(UnreadableFileError, match="from line 102"):
        read_file(quoted)


def test_a_header_that_names_a_column_twice(tmp_path):
    path = tmp_path / "z.csv"
    path.write_text("code_insee,Nom_commune,cp,Zonage,cp\n01001,X,01400,1_ZIP,01400\n", "utf-8")
    with pytest.raises(UnreadableFileError, match="'cp' twice"):
        read_file(path)


@pytest.mark.parametrize(
    "content",
    [
        '{"01001": {"EDI": 0.5}, "01002": {"EDI"',
        '{"01001": {"EDI": 0.5}} {',
        "[" * 100_000,
        '{"01001": {"EDI": 0.5}, "x": ' + "[" * 100_000,
        '[{"01001": {"EDI": 0.5}}]',
    ],
    ids=["truncated", "trailing", "deep", "deep below", "a list"],
)
def test_json_that_is_not_what_it_claims(tmp_path, content):
    path = tmp_path / "s.json"
    path.write_text(content, "utf-8")
    with pytest.raises(UnreadableFileError) as problem:
        read_file(path)
    assert one_sentence(problem).startswith("s.json: ")


def test_odd_members_of_a_json_object_are_put_aside(tmp_path):
    path = tmp_path / "s.json"
    good = ", ".join(f'"01{i:03d}": {{"EDI": {i}}}' for i in range(1, 101))
    odd = ['"01001": {"EDI": 7}', '"01200": 3', '"01201": {"EDI": [1]}', '"01202": {"EDI": NaN}']
    path.write_text("{" + ", ".join([good, *odd]) + "}", "utf-8")
    read = nothing_lost(read_file(path))
    assert read.quarantine["line"].to_list() == [1, 101, 102, 103]
    assert json.loads(path.read_text())["01202"]


def test_a_truncated_feather_or_compressed_table(tmp_path):
    frame = pl.DataFrame({"code_insee24": ["01001"] * 500, "code_insee10": ["01001"] * 500})
    out = io.BytesIO()
    frame.write_ipc(out)
    for share in (0.2, 0.5, 0.95):
        path = tmp_path / "t.feather"
        path.write_bytes(out.getvalue()[: int(len(out.getvalue()) * share)])
        with pytest.raises(UnreadableFileError) as problem:
            read_file(path)
        assert one_sentence(problem).startswith("t.feather: ")


def test_only_the_beginning_of_a_file_is_looked_at_to_recognise_it(tmp_path):
    path = tmp_path / "sparse.csv"
    path.write_text(zones(3000), "utf-8")
    with path.open("r+b") as stream:
        stream.truncate(3 << 30)
    assert read_head(path).kind == "text"
    with pytest.raises(UnreadableFileError, match="under 1 GiB"):
        read_file(path)
