from django.forms import ModelForm

from .models import Order


class OrderForm(ModelForm):
    class Meta:
        model = Order
        fields = ["status"]

    def __init__(self, customer, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.customer = customer

    def save(self, commit=True):
        order = super().save(commit=False)
        order.customer = self.customer
        if commit:
            order.save()
        return order
