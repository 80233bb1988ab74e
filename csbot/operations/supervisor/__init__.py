"""`manage.py up`: every process of an installation as a child of one, on one machine."""
