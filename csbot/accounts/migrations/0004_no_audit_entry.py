# Never written: the audit log comes with what it is about.

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_known_values'),
    ]

    operations = [
        migrations.DeleteModel(
            name='AuditEntry',
        ),
    ]
