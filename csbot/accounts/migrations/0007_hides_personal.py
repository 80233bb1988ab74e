from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_identity_secret'),
    ]

    operations = [
        migrations.AddField(
            model_name='site',
            name='hides_personal',
            field=models.BooleanField(default=True, help_text='Phone numbers, cards and the like in a question reach the model as words such as [phone]; the answer has them again.', verbose_name='keep personal data from the generator'),
        ),
    ]
