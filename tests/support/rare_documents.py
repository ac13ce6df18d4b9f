"""What only people who mean harm write: endless tables, Excel 4's macros, RTF with objects."""

import re
import struct
import zlib

from tests.support.documents import CV_WORDS, pdf, raw_pdf


def pdf_that_claims_objects(count):
    return re.sub(rb"/Size \d+", b"/Size %d" % count, pdf())


_ONE_PAGE = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
)


def pdf_with_long_table(count):
    """Write a page and a table of this many places of objects, which are one."""
    head, _, rest = raw_pdf(*_ONE_PAGE).partition(b"xref\n0 4\n")
    table = rest[:80] + rest[20:40] * (count - 4)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(head))
    return head + b"xref\n0 %d\n" % count + table + end


def pdf_with_long_packed_table(count):
    """Do the same in the way of PDF 1.5: a few kilobytes are a table of millions."""
    head, _, rest = raw_pdf(*_ONE_PAGE).partition(b"xref\n0 4\n")
    places = [int(rest[at : at + 10]) for at in (20, 40, 60)]
    table = b"\0" * 5 + b"".join(struct.pack(">BI", 1, at) for at in places)
    table = zlib.compress(table + struct.pack(">BI", 1, places[0]) * (count - 4), 9)
    about = b"<</Type/XRef/W[1 4 0]/Size %d/Root 1 0 R/Filter/FlateDecode/Length %d>>"
    packed = b"4 0 obj" + about % (count, len(table)) + b"stream\n%b\nendstream\nendobj\n" % table
    return head + packed + b"startxref\n%d\n%%%%EOF\n" % len(head)


def excel_4_macros():
    """Write the stream of a workbook whose one sheet is of macros as Excel 4 had them."""

    def record(kind, content):
        return struct.pack("<HH", kind, len(content)) + content

    def beginning(of):
        return record(0x809, struct.pack("<HHHHII", 0x600, of, 0, 0, 0, 0))

    sheet_at = len(beginning(5)) + 4 + 14 + 4
    name = struct.pack("<IBBBB", sheet_at, 0, 1, 6, 0) + b"Macro1"
    end = record(0x0A, b"")
    return beginning(5) + record(0x85, name) + end + beginning(0x40) + end


def rtf_with_object():
    thing = rb"{\object\objemb\objupdate{\*\objclass Package}{\*\objdata 0105000002000000}}"
    return rb"{\rtf1\ansi " + " ".join(CV_WORDS).encode() + thing + b"}"
