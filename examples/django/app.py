"""Django on Lambda: a page with forms and CSRF tokens, a session in a signed cookie, JSON, an upload, a download.

Everything here is plain Django: the settings are in site_settings.py, the one Django app is guestbook/, and this file
is what wsgi.py is elsewhere. The last line alone makes it a Lambda function. To run it behind the local gateway:

    pip install -r examples/django/requirements.txt "lambdabridge[local]"
    lambdabridge serve examples/django/app.py:handler
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from lambdabridge import bridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
app = get_wsgi_application()

handler = bridge(app)
