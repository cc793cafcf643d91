"""Everything this package raises on purpose.

::

    ReidError
    ├── InputError                 the caller's input; HTTP 4xx, exit code 2
    │   ├── ImageError             a file that is no usable picture
    │   │   ├── ImageFormatError   not an image, or a format that is not accepted
    │   │   ├── ImageDamagedError  truncated or corrupt
    │   │   └── ImageLimitError    too many bytes, pixels or frames
    │   ├── TableError             a sightings table or box file that cannot be read
    │   ├── AnnotationError        a box outside its picture, a mask of the wrong shape
    │   ├── ConfigError            an unknown or impossible setting
    │   ├── NotFoundError          an id that the catalogue does not hold
    │   ├── BundleRefusedError     a bundle of weights that is not taken in; says the cause
    │   └── ConflictError          it contradicts what somebody else decided meanwhile; HTTP 409
    ├── WeightsError               a bundle is missing, altered or unsafe; HTTP 503, exit code 3
    │   ├── WeightsMissingError
    │   └── WeightsAlteredError
    ├── CatalogueError             the database refused or is of another version; exit code 4
    │   ├── StorageFullError       no room left; nothing was written
    │   ├── ReadOnlyError          it can be read, and not written
    │   ├── SchemaError            its tables are of another version
    │   ├── BackupError            a backup that is not whole, or cannot be made or restored
    │   └── LeaseLostError         another worker took over; nothing was written
    ├── SearchError                a search that failed: never to be read as "no match"
    └── ClientError                of `reid.client`, which draws its own tree

A message says what was expected, what was found and what to do.
"""


class ReidError(Exception):
    """Base of every error that this package raises on purpose."""

    exit_code = 1


class InputError(ReidError):
    """The caller gave something that cannot be used."""

    exit_code = 2


class ImageError(InputError):
    """A file that is no usable picture."""


class ImageFormatError(ImageError):
    """Not an image, or in a format that is not accepted."""


class ImageDamagedError(ImageError):
    """The picture ends early or its data are corrupt."""


class ImageLimitError(ImageError):
    """More bytes, pixels or frames than the limits allow."""


class TableError(InputError):
    """A table of sightings or a file of boxes that cannot be read."""


class AnnotationError(InputError):
    """A box or mask that does not fit its picture."""


class ConfigError(InputError):
    """An unknown or impossible setting."""


class NotFoundError(InputError):
    """Something asked for by id that is not there."""


class ConflictError(InputError):
    """It contradicts what was decided before, perhaps meanwhile; nothing was changed."""


class BundleRefusedError(InputError):
    """A bundle of weights that is not taken in; ``cause`` is one word for why."""

    def __init__(self, cause: str, words: str = "") -> None:
        super().__init__(cause, words)
        self.cause, self.words = cause, words

    def __str__(self) -> str:
        return f"bundle refused, {self.cause}: {self.words}"


class InputsChangedError(InputError):
    """A job's files are not what they were when it began."""


class WeightsError(ReidError):
    """A weights bundle that cannot be used."""

    exit_code = 3


class WeightsMissingError(WeightsError):
    """A bundle or a file of it is not there."""


class WeightsAlteredError(WeightsError):
    """A file of a bundle differs from its manifest, or is unsafe to load."""


class CatalogueError(ReidError):
    """The catalogue's database refused, or is of another version."""

    exit_code = 4


class CatalogueBusyError(CatalogueError):
    """Others wrote for so long that there was no turn; nothing was written: try again."""


class StorageFullError(CatalogueError):
    """No room left on the device; nothing was written."""


class ReadOnlyError(CatalogueError):
    """The catalogue can be read, but its disk or database takes no writes."""


class SchemaError(CatalogueError):
    """The database's tables are of another version than this code's."""


class BackupError(CatalogueError):
    """A backup that is not whole, or that cannot be made or restored."""


class LeaseLostError(CatalogueError):
    """A worker was taken for dead and another took over its job; nothing was written."""


class SearchError(ReidError):
    """A search that failed or could not run: never "no match"."""

    exit_code = 4
