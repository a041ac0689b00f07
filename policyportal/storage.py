"""Static files under hashed names, so that browsers may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Hash and compress every file, and the imports between JavaScript modules too."""

    support_js_module_import_aggregation = True
