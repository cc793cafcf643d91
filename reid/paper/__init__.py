"""What people hold in their hands: dossiers, ID sheets, annotated pictures; HTML and PDF.

`contract` writes them into a folder by name; `dossier` and `sheet` gather, `pages` and `pdf` set.
Positions are generalised for whoever reads it; pictures are made anew and carry no EXIF but what an
annotated copy keeps on purpose. This package loads nothing by itself: pages of the service use
`cuts` and `drawn_map` alone.
"""
