from django import forms

from shop.models import Order, OrderItem


class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        fields = ["status"]


class ItemForm(forms.ModelForm):
    def __init__(self, *args, order, **kwargs):
        self.order = order
        super().__init__(*args, **kwargs)

    def save(self, *args, **kwargs):
        self.instance.order = self.order
        return super().save(*args, **kwargs)

    class Meta:
        model = OrderItem
        fields = ["product"]


class GiftForm(ItemForm):
    def clean(self):
        if self.cleaned_data["is_gift"]:
            self.instance.product = self.cleaned_data["gift"]

    class Meta:
        model = OrderItem
        fields = []
