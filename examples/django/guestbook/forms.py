"""What the guestbook accepts.

The entry is kept in the session, and the session is a cookie. A browser drops a cookie of more than 4096 bytes;
40 + 200 characters fit even when each is an emoji (12 bytes as JSON, 16 in base64).
"""

from __future__ import annotations

from django import forms


class EntryForm(forms.Form):
    name = forms.CharField(max_length=40)
    message = forms.CharField(max_length=200)


class UploadForm(forms.Form):
    file = forms.FileField(allow_empty_file=True)
