"""Property tests are judged by what they find, not by the time that they take."""

from hypothesis import settings

settings.register_profile("ours", deadline=None)
settings.load_profile("ours")
