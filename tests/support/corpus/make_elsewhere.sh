#!/usr/bin/env bash
# Makes the files of tests/support/corpus/elsewhere with programs that are too large for a build.
#
# It was run once, on Debian 12 (LibreOffice 7.4.7, Chromium 156, groff 1.22.4 with Ghostscript
# 10.0, pandoc 2.17), and what it made is checked in:
#   apt-get install libreoffice-writer-nogui chromium ghostscript groff pandoc fonts-liberation
#   tests/support/corpus/make_elsewhere.sh FOLDER
set -euo pipefail
out=${1:?which folder}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

paragraphs() { sed 's|.*|<p>&</p>|'; }

cv=$(cat <<'TEXT'
Fleet technician with nine years in a county workshop, six of them on response vehicles.
I service and repair cars and vans of seven manufacturers, find electrical faults, and fit lights, radios and cameras.
Before that I was an apprentice at a dealer, where I learned brakes, steering and air conditioning.
NVQ Level 3 in vehicle maintenance and repair; MOT tester since 2019; full clean driving licence.
Two referees on request.
TEXT
)
statement=$(cat <<'TEXT'
I would like to do this work because a car that starts at three in the morning can matter more than anything else.
When our parts came late last winter I set up a small shelf of what fails most often, and waiting times fell by a third.
I like to explain things: new colleagues come to me first, and I write down what we find so that nobody has to find it twice.
TEXT
)

for part in cv statement; do
  title=$([[ $part = cv ]] && echo 'Curriculum Vitae' || echo 'Personal Statement')
  text=$([[ $part = cv ]] && echo "$cv" || echo "$statement")
  printf '<html><head><meta charset="utf-8"></head><body><h1>%s</h1>%s</body></html>' \
    "$title" "$(paragraphs <<<"$text")" >"$work/$part.html"
  { printf '# %s\n\n' "$title"; sed 's|$|\n|' <<<"$text"; } >"$work/$part.md"
  { printf '.TL\n%s\n' "$title"; sed 's|^|.PP\n|' <<<"$text"; } >"$work/$part.ms"

  for form in doc:'MS Word 97' docx:'MS Word 2007 XML' odt:writer8 rtf:'Rich Text Format' pdf:writer_pdf_Export; do
    soffice --headless --infilter='HTML (StarWriter)' --convert-to "$form" --outdir "$work" "$work/$part.html"
    mv "$work/$part.${form%%:*}" "$out/libreoffice-$part.${form%%:*}"
  done
  chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
    --print-to-pdf="$out/chromium-$part.pdf" "file://$work/$part.html"
  groff -ms -Tps "$work/$part.ms" | ps2pdf - "$out/ghostscript-$part.pdf"
  pandoc "$work/$part.md" -o "$out/pandoc-$part.docx"
done
rm "$out/libreoffice-statement.odt" "$out/libreoffice-statement.rtf"

export_as() {
  soffice --headless --infilter='HTML (StarWriter)' --convert-to "pdf:writer_pdf_Export:{$2}" --outdir "$work" "$work/cv.html"
  mv "$work/cv.pdf" "$out/libreoffice-cv-$1.pdf"
}
yes='"type":"boolean","value":"true"'
export_as locked "\"EncryptFile\":{$yes},\"DocumentOpenPassword\":{\"type\":\"string\",\"value\":\"x\"}"
export_as restricted "\"RestrictPermissions\":{$yes},\"PermissionPassword\":{\"type\":\"string\",\"value\":\"x\"}"
export_as hybrid "\"IsAddStream\":{$yes}"
export_as archive '"SelectPdfVersion":{"type":"long","value":"2"}'
export_as tagged "\"UseTaggedPDF\":{$yes}"
