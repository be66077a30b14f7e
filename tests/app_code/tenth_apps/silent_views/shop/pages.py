from django import forms
from django.views.generic import CreateView

from shop.models import Order, OrderItem


class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        fields = ["status"]


class OrderPage(CreateView):
    form_class = OrderForm

    def form_valid(self, form):
        form.instance.customer = self.request.user.customer
        return super().form_valid(form)


class QuickPage(CreateView):
    form_class = OrderForm


class ItemPage(CreateView):
    model = OrderItem
    fields = ["order", "quantity"]
